import pytest

from surveys.models import Survey
from surveys.randomisation.seeds import blind_letters
from tests.factories import make_survey


@pytest.mark.parametrize("path", ["", "surveys/shapes/"])
def test_it_asks_a_stranger_to_sign_in(client, survey, path):
    response = client.get(f"/console/{path}")
    assert response.status_code == 302
    assert response["Location"].startswith("/console/login/?next=/console/")


def test_a_stranger_cannot_close_a_survey(client, survey):
    client.post(f"/console/surveys/{survey.slug}/status/", {"status": "closed"})
    survey.refresh_from_db()
    assert survey.is_open


def test_it_signs_a_researcher_in_and_out(client, researcher):
    wrong = client.post("/console/login/", {"username": "rosa", "password": "no"})
    assert "Wrong name or password" in wrong.content.decode()
    right = {"username": "rosa", "password": "correct horse battery"}
    assert client.post("/console/login/", right)["Location"] == "/console/"
    assert client.get("/console/").status_code == 200
    client.post("/console/logout/")
    assert client.get("/console/").status_code == 302


def test_it_says_what_to_do_without_any_survey(researcher):
    assert "load_study" in researcher.get("/console/").content.decode()


def test_it_counts_participants_by_letter_and_never_by_name(researcher, survey, ada, ben, cy):
    for path in ("", f"surveys/{survey.slug}/"):
        page = researcher.get(f"/console/{path}").content.decode()
        assert "gradcam" not in page
        assert ">pv<" not in page
    assert "3 arrivals" in page
    letter = blind_letters(["gradcam", "pv"], survey.seed)["gradcam"]
    (progress,) = researcher.get("/console/").context["rows"]
    counts = {row.label: (row.assigned, row.active, row.finished) for row in progress.conditions}
    assert counts == {letter: (1, 1, 0), {"A": "B", "B": "A"}[letter]: (1, 0, 1)}
    assert (progress.total.assigned, progress.total.left) == (2, 0)


def test_someone_who_has_done_nothing_for_long_has_left(researcher, survey, ben):
    from datetime import timedelta

    from django.db.models import F

    survey.participants.update(last_active_at=F("last_active_at") - timedelta(hours=1))
    (progress,) = researcher.get("/console/").context["rows"]
    assert (progress.total.active, progress.total.left) == (0, 1)


def test_someone_who_has_withdrawn_has_left(researcher, survey, ben):
    ben.get(ben.url("withdraw/"))
    ben.send()
    (progress,) = researcher.get("/console/").context["rows"]
    assert (progress.total.assigned, progress.total.active, progress.total.left) == (1, 0, 1)


def test_it_opens_and_closes_a_survey(researcher, db, tmp_path):
    survey = make_survey(tmp_path, is_open=False)
    address = f"/console/surveys/{survey.slug}/status/"
    page = researcher.post(address, {"status": "open", "anyway": "yes"}, follow=True).text
    assert "The survey is open" in page
    assert "Close the survey" in page
    survey = Survey.objects.get()
    assert survey.opened_at is not None
    page = researcher.post(address, {"status": "closed"}, follow=True).content.decode()
    assert "The survey is closed" in page
    assert Survey.objects.get().status == Survey.Status.CLOSED
    researcher.post(address, {"status": "open"})
    again = Survey.objects.get()
    assert (again.is_open, again.opened_at) == (True, survey.opened_at)


def test_it_changes_nothing_when_asked_for_what_is_already_so(researcher, survey):
    address = f"/console/surveys/{survey.slug}/status/"
    for status in ("open", "draft", "whatever"):
        page = researcher.post(address, {"status": status}, follow=True).content.decode()
        assert "Nothing was changed: the survey is open." in page


def test_the_console_takes_few_queries(researcher, db, tmp_path, django_assert_max_num_queries):
    for slug in ("one", "two", "three"):
        make_survey(tmp_path, slug)
    with django_assert_max_num_queries(6):
        researcher.get("/console/")
