"""Exports in a real browser: asked for, watched, taken, with and without JavaScript."""

import hashlib
import zipfile

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from surveys.models import Job
from surveys.studies.blinding import unblind
from surveys.studies.lifecycle.publishing import close_survey
from tests.browser.inspection import wrong_in_any_look
from tests.browser.pressing import press
from tests.factories import make_survey
from tests.surveys.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/console/surveys/shapes/exports/"


@pytest.fixture
def study(db, tmp_path, settings):
    """Closed and unblinded, with somebody who finished."""
    settings.REPORTS_DIR = tmp_path / "reports"
    survey = make_survey(tmp_path)
    Visitor(survey.slug).finish()
    close_survey(survey)
    unblind(survey, User.objects.create_user("ada"), survey.slug)
    return survey


def test_an_export_is_asked_for_and_downloaded_without_javascript(sign_in, study, tmp_path):
    page = sign_in(width=390, javascript=False)
    page.goto(f"/console/surveys/{study.slug}/")
    press(page.get_by_role("link", name="Results", exact=True))
    press(page.get_by_role("link", name="Exports and reports", exact=True))
    press(page.get_by_role("button", name="Export the data"))
    with page.expect_download() as found:
        page.get_by_role("link", name="Download").click()
    found.value.save_as(tmp_path / "taken.zip")
    content = (tmp_path / "taken.zip").read_bytes()
    assert hashlib.sha256(content).hexdigest() == Job.objects.get().sha256
    assert found.value.suggested_filename == Job.objects.get().file_name
    with zipfile.ZipFile(tmp_path / "taken.zip") as packed:
        assert packed.testzip() is None
    page.get_by_text("Delete…").click()
    press(page.get_by_role("button", name="Delete for good"))
    assert page.get_by_role("heading", name="Nothing yet").is_visible()


def test_the_page_shows_by_itself_how_far_a_job_is(sign_in, study):
    job = Job.objects.create(
        survey=study, kind="export", started_by_name="rosa", sent_at=timezone.now()
    )
    page = sign_in()
    page.clock.install()
    page.goto(ADDRESS)
    bar = page.get_by_role("progressbar", name="Waiting for a worker")
    assert bar.get_attribute("value") == "0"
    page.evaluate("window.isTheSamePage = true")
    Job.objects.update(status="running", message="Packing", permille=850)
    page.clock.run_for(2_000)
    page.get_by_role("progressbar", name="Packing").wait_for()
    Job.objects.update(status="failed", error="The disk is full.")
    page.clock.run_for(2_000)
    page.get_by_text("The disk is full.").wait_for()
    assert page.locator("[data-live-news]").text_content().startswith("Nothing is being made.")
    assert page.evaluate("window.isTheSamePage")
    assert page.locator(f"#job-{job.pk}-retry").is_visible()


def test_axe_finds_nothing_on_files_of_every_state(sign_in, study):
    for kind, status in (("report", "finished"), ("export", "failed"), ("report", "running")):
        Job.objects.create(
            survey=study, kind=kind, status=status, started_by_name="rosa",
            sent_at=timezone.now(), error="The disk is full.", file_name="x.zip",
        )  # fmt: skip
    page = sign_in()
    page.goto(ADDRESS)
    page.locator("details.ask").first.evaluate("one => one.open = true")
    assert wrong_in_any_look(page) == []


def test_a_report_is_shown_without_breaking_its_content_policy(sign_in, study, settings):
    settings.REPORT_BUILDER = f"{__name__}.styled_report"
    page, said = sign_in(), []
    page.on("console", lambda message: said.append(message.text))
    page.goto(ADDRESS)
    press(page.get_by_role("button", name="Build a report"))
    press(page.get_by_role("link", name="Read the report"))
    heading = page.get_by_role("heading", name="A report")
    assert heading.evaluate("one => getComputedStyle(one).color") == "rgb(1, 2, 3)"
    assert page.title() == "as it was"
    # The script that is in it, and nothing else, was refused.
    assert [text for text in said if "script" not in text.lower()] == []
    assert said


def styled_report(slug, folder):
    folder.mkdir()
    (folder / "results.json").write_text("{}")
    (folder / "report.html").write_text(
        "<!doctype html><title>as it was</title><style>h1 { color: rgb(1, 2, 3); }</style>"
        "<h1>A report</h1><script>document.title = 'changed'</script>"
    )
    return ""
