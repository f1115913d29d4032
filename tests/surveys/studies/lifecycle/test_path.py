"""The way of a study: what is done is known from what is stored, and one thing is next."""

from django.utils import timezone

from surveys.bots.policies import uniform
from surveys.bots.walker import run_bots
from surveys.models import Job, PreflightRun, Survey
from surveys.studies.lifecycle.path import State, find_path
from surveys.studies.lifecycle.pilots import start_pilot
from surveys.studies.lifecycle.publishing import close_survey, open_survey
from tests.factories import make_survey


def coming(survey) -> str:
    found = [row.label for row in find_path(survey) if row.state == State.NEXT]
    assert len(found) <= 1
    return found[0] if found else ""


def test_a_study_goes_from_station_to_station(db, tmp_path):
    survey = make_survey(tmp_path, is_open=False)
    assert coming(survey) == "Checks"
    PreflightRun.objects.create(
        survey=survey, protocol_sha256=survey.protocol_sha256, status=PreflightRun.Status.FINISHED
    )
    assert coming(survey) == "Pilot"
    pilot = start_pilot(survey, "eva")
    assert coming(survey) == "Pilot"
    list(run_bots(pilot, 1, 1, uniform))
    assert coming(survey) == "Open"
    open_survey(survey)
    assert coming(Survey.objects.get(pk=survey.pk)) == "Close"
    close_survey(survey)
    survey = Survey.objects.get(pk=survey.pk)
    assert coming(survey) == "Unblind"
    survey.unblinded_at = timezone.now()
    assert coming(survey) == "Report"
    Job.objects.create(survey=survey, kind=Job.Kind.REPORT, status=Job.Status.FINISHED)
    assert coming(survey) == ""


def test_what_was_checked_of_another_protocol_does_not_count(db, tmp_path):
    survey = make_survey(tmp_path, is_open=False)
    PreflightRun.objects.create(
        survey=survey, protocol_sha256="0" * 64, status=PreflightRun.Status.FINISHED
    )
    assert coming(survey) == "Checks"


def test_the_overview_has_one_button_for_what_is_next(researcher, db, tmp_path):
    survey = make_survey(tmp_path, is_open=False)
    page = researcher.get(f"/console/surveys/{survey.slug}/").content.decode()
    assert page.count('aria-current="step"') == 1
    assert 'class="button" href="/console/surveys/shapes/checks/">Run the checks</a>' in page


def test_what_was_not_done_before_opening_is_skipped_and_never_next(survey):
    states = {row.label: row.state for row in find_path(survey)}
    assert states["Checks"] == states["Pilot"] == State.SKIPPED
    assert coming(survey) == "Close"


def test_checks_that_have_run_and_are_unmet_are_next_and_counted(researcher, db, tmp_path):
    survey = make_survey(tmp_path, is_open=False)
    PreflightRun.objects.create(
        survey=survey, protocol_sha256=survey.protocol_sha256, status=PreflightRun.Status.FINISHED,
        leaks=["The question names the answer."],
    )  # fmt: skip
    page = researcher.get(f"/console/surveys/{survey.slug}/").content.decode()
    assert 'class="button" href="/console/surveys/shapes/checks/">Go to the checks</a>' in page
    assert "not met or unknown." in page
    assert "Start a pilot</a>" not in page
