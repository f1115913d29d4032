import pytest
from django.db import DatabaseError

from surveys.models import PageError
from surveys.monitoring import page_errors
from surveys.monitoring.page_errors import KEPT, record_page_error


@pytest.fixture
def broken(monkeypatch, ben):
    """Ben's next page fails with a message that quotes somebody."""

    def fail(*_args):
        raise RuntimeError("panel id 5f1e of a person")

    monkeypatch.setattr("surveys.participation.sql.writes.show", fail)
    ben.browser.raise_request_exception = False
    return ben


def test_an_unexpected_error_is_kept_without_its_message(survey, broken):
    response = broken.browser.get(broken.url("trial/3/"))
    assert response.status_code == 500
    stored = PageError.objects.get()
    assert (stored.survey, stored.page, stored.kind, stored.count) == (
        survey, "trial", "RuntimeError", 1,
    )  # fmt: skip
    assert stored.place.startswith(("surveys/participation/steps/trial.py:", "tests/"))
    assert "5f1e" not in str(vars(stored))


def test_the_same_error_again_is_counted_and_not_listed_twice(broken):
    for _ in range(3):
        broken.browser.get(broken.url("trial/3/"))
    stored = PageError.objects.get()
    assert stored.count == 3
    assert stored.last_at > stored.first_at


def test_only_so_many_different_errors_are_kept_the_oldest_goes_first(survey):
    for number in range(KEPT + 3):
        record_page_error(survey.slug, f"page-{number}", ValueError())
    kept = set(PageError.objects.values_list("page", flat=True))
    assert len(kept) == KEPT
    assert not kept & {"page-0", "page-1", "page-2"}


def test_an_error_of_the_console_is_none_of_a_participant(researcher, survey, monkeypatch):
    def fail(*_args):
        raise RuntimeError

    monkeypatch.setattr("surveys.console.run.monitoring.find_monitor", fail)
    researcher.raise_request_exception = False
    assert researcher.get(f"/console/surveys/{survey.slug}/live/").status_code == 500
    assert not PageError.objects.exists()


def test_an_error_in_a_study_that_does_not_exist_is_left_to_the_log(db):
    record_page_error("nothing", "start", ValueError())
    assert not PageError.objects.exists()


def test_a_database_that_is_away_does_not_make_the_error_worse(broken, monkeypatch, caplog):
    def fail(*_args):
        raise DatabaseError

    monkeypatch.setattr(page_errors, "record_page_error", fail)
    assert broken.browser.get(broken.url("trial/3/")).status_code == 500
    assert "could not be stored" in caplog.text


def test_the_live_page_lists_the_last_errors(researcher, survey, broken):
    broken.browser.get(broken.url("trial/3/"))
    page = researcher.get(f"/console/surveys/{survey.slug}/live/").content.decode()
    assert "RuntimeError" in page
    assert "5f1e" not in page


def test_the_place_is_a_path_where_the_package_is_installed_too(survey, settings, tmp_path):
    """There, Foresee lies in the same folder as the packages that it uses."""
    settings.BASE_DIR = tmp_path / "site-packages"

    def raised_in(name, call="1 / 0"):
        code = compile(call, str(settings.BASE_DIR / name), "exec")
        exec(code, {"inner": lambda: raised_in("django/views.py")})  # noqa: S102

    with pytest.raises(ZeroDivisionError) as raised:
        raised_in("surveys/participation/pages.py", "inner()")
    record_page_error(survey.slug, "trial", raised.value)
    assert PageError.objects.get().place == "surveys/participation/pages.py:1 <module>"
