"""What docs/tutorial.md says can be done, done as it says: from an open study to its report."""

import json
import zipfile

import pytest
from django.core.management import call_command

from tests.factories import make_survey

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_study_of_bots_is_watched_closed_unblinded_and_its_report_downloaded(
    sign_in, tmp_path, settings, db
):
    settings.REPORTS_DIR = tmp_path / "reports"
    survey = make_survey(tmp_path)
    call_command("run_bots", survey.slug, participants=8, seed=1, verbosity=0)
    page = sign_in()
    page.goto("/console/")
    page.get_by_role("link", name="What does the model see?").click()
    page.get_by_role("link", name="Live", exact=True).click()
    assert page.get_by_text("8 of those who agreed are simulated").is_visible()
    page.get_by_role("link", name="Overview").click()
    page.get_by_text("Close the survey…").click()
    page.get_by_role("button", name="Close the survey").click()
    page.get_by_role("link", name="Results").click()
    page.get_by_role("link", name="Unblind this study…").click()
    page.get_by_label("Type shapes to confirm").fill("shapes")
    page.get_by_role("button", name="Unblind the study for good").click()
    page.get_by_role("link", name="Build the report…").click()
    # The worker of the tests is the server's own process: the answer comes with the report.
    page.get_by_role("button", name="Build a report").click(timeout=240_000)
    with page.expect_download() as found:
        page.get_by_role("link", name="Download").click()
    with zipfile.ZipFile(found.value.path()) as packed:
        stored = json.loads(packed.read("shapes-report/results.json"))
    assert (stored["n_participants"], stored["n_simulated"]) == (8, 8)
    page.get_by_role("link", name="Read the report").click()
    assert page.get_by_text("Simulated data.").is_visible()
    page.go_back()
    page.get_by_role("link", name="Results").click()
    assert page.get_by_text("8 of 8 participants are bots").is_visible()
