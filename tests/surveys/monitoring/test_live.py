"""What the live page counts, from people who came, answered, left, withdrew and failed."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from surveys.bots.policies import uniform
from surveys.bots.walker import run_bots
from surveys.models import Participant, Survey
from surveys.monitoring.live import find_monitor
from surveys.monitoring.pace import target_of
from surveys.studies.lifecycle.stopping import find_sample
from surveys.studies.protocols.loading import load_study
from tests.factories import make_protocol, make_survey
from tests.surveys.everything import COMPREHENSION, DEBRIEFING, EVERYTHING
from tests.surveys.visitor import Visitor


def monitor_of(survey, now=None):
    found = Survey.objects.select_related("stimulus_set").get(pk=survey.pk)
    return find_monitor(found, now or timezone.now())


def counts(arm):
    return (arm.assigned, arm.active, arm.finished, arm.dropped, arm.withdrawn)


def reached(monitor):
    return {step.label: step.reached for step in monitor.funnel}


def test_everybody_is_counted_where_they_are(survey, ada, ben, cy):
    monitor = monitor_of(survey)
    assert survey.__class__.objects.get(pk=survey.pk).arrivals == 3
    assert (monitor.n_consented, monitor.n_active, monitor.n_dropped) == (2, 1, 0)
    assert counts(monitor.total) == (2, 1, 1, 0, 0)
    assert {arm.label for arm in monitor.conditions} == {"A", "B"}
    assert sorted(counts(arm) for arm in monitor.conditions) == [(1, 0, 1, 0, 0), (1, 1, 0, 0, 0)]
    assert monitor.summary == "1 finished, 1 active, 0 dropped out."


def test_the_funnel_counts_each_page_and_who_left_before_it(survey, ada, ben, cy):
    monitor = monitor_of(survey)
    assert reached(monitor) == {
        "Arrival": 3,
        "Consent": 2,
        "Assignment": 2,
        "Introduction": 2,
        "Question 1 of 4": 2,
        "Question 2 of 4": 2,
        "Question 3 of 4": 1,
        "Question 4 of 4": 1,
    }
    assert [step.lost for step in monitor.funnel] == [0, 1, 0, 0, 0, 0, 1, 0]
    assert [round(step.share, 2) for step in monitor.funnel][-1] == 0.33


def test_every_section_of_a_protocol_is_a_step(db, tmp_path):
    survey = make_survey(tmp_path, n_examples=3, more=EVERYTHING)
    half, whole = Visitor(survey.slug), Visitor(survey.slug)
    half.go_to("questions")
    whole.finish()
    found = reached(monitor_of(survey))
    assert list(found)[:6] == [
        "Arrival", "Consent", "Comprehension check", "Assignment", "Introduction", "Practice",
    ]  # fmt: skip
    # Four items, one attention check, one repeated question.
    assert found["Question 6 of 6"] == 2
    assert (found["Questionnaire page 1"], found["Debriefing"]) == (1, 1)


def test_someone_long_silent_has_dropped_out_and_someone_withdrawn_too(survey, ben, cy):
    dee = Visitor(survey.slug)
    dee.begin()
    dee.get(dee.url("withdraw/"))
    dee.send()
    people = Participant.objects.filter(finished_at=None, withdrawn_at=None)
    people.update(last_active_at=F("last_active_at") - timedelta(hours=1))
    monitor = monitor_of(survey)
    assert counts(monitor.total) == (3, 0, 1, 2, 1)
    assert monitor.n_dropped == 2


def test_those_turned_away_have_not_dropped_out(db, tmp_path):
    survey = make_survey(tmp_path, n_examples=3, more=EVERYTHING)
    eve = Visitor(survey.slug)
    eve.go_to("comprehension")
    for _ in range(2):
        eve.send(answer_1="1", answer_2="1")
    monitor = monitor_of(survey)
    assert (monitor.n_turned_away, monitor.n_dropped, monitor.n_active) == (1, 0, 0)
    rows = {row.label: (row.count, row.of) for row in monitor.checks}
    assert rows["Failed the comprehension check"] == (1, 1)


def test_failed_attention_checks_are_counted_for_all_conditions_together(db, tmp_path):
    survey = make_survey(tmp_path, n_examples=3, more=EVERYTHING)
    Visitor(survey.slug).finish()
    Participant.objects.update(n_failed_checks=1)
    rows = {row.label: (row.count, row.of) for row in monitor_of(survey).checks}
    assert rows["Failed an attention check"] == (1, 1)


def test_those_who_refuse_are_counted(survey):
    visitor = Visitor(survey.slug)
    visitor.arrive()
    visitor.send(agree="no")
    rows = {row.label: (row.count, row.of) for row in monitor_of(survey).checks}
    assert rows["Declined to take part"] == (1, 1)


@pytest.mark.parametrize(("minutes", "expected"), [((4, 10, 8), 8), ((4, 10), 7)])
def test_the_median_duration_goes_from_consent_to_the_last_answer(survey, minutes, expected):
    for taken in minutes:
        visitor = Visitor(survey.slug)
        visitor.finish()
        person = Participant.objects.filter(pk=visitor.participant.pk)
        person.update(finished_at=F("consented_at") + timedelta(minutes=taken))
    assert monitor_of(survey).median == timedelta(minutes=expected)


def test_nobody_finished_has_no_median(survey, ben):
    assert monitor_of(survey).median is None


def test_the_pace_is_that_of_the_last_week_and_leads_to_the_places(db, tmp_path):
    survey = make_survey(tmp_path, more="\n[assignment]\nplaces = 9\n")
    for _ in range(2):
        Visitor(survey.slug).finish()
    now = timezone.now()
    Survey.objects.update(opened_at=now - timedelta(days=20))
    pace = monitor_of(survey, now).pace
    assert (pace.target, pace.finished, pace.unit) == (9, 2, "day")
    assert pace.per_day == pytest.approx(2 / 7)
    assert pace.projected_end == now + timedelta(days=7 / (2 / 7))
    assert [point.total for point in pace.points] in ([2], [1, 2])


@pytest.mark.parametrize("counts", ["finished", "passed"])
def test_only_those_whom_the_sample_counts_lead_to_it(db, tmp_path, researcher, counts):
    survey = make_survey(
        tmp_path, n_wrong=1, n_right=1, n_examples=3, more=f'{EVERYTHING}\n[sample]\nsize = 4\n'
        f'counts = "{counts}"\n',
    )  # fmt: skip
    list(run_bots(survey, 2, 1, uniform))
    for _ in range(2):
        Visitor(survey.slug).finish()
    Participant.objects.filter(pk=Participant.objects.latest("pk").pk).update(n_failed_checks=9)
    monitor = monitor_of(survey, opened(survey, hours=1))
    n_counting = 1 if counts == "passed" else 2
    pace = monitor.pace
    assert (pace.finished, pace.counting, pace.share) == (4, n_counting, n_counting / 4)
    assert pace.counting == find_sample(survey).counted
    assert pace.per_day == pytest.approx(4 * 24)
    assert pace.counting_per_day == pytest.approx(n_counting * 24)
    assert monitor.summary.startswith("4 finished, ")
    page = researcher.get(f"/console/surveys/{survey.slug}/live/").content.decode()
    assert f"{n_counting} of 4 planned</dd>" in page


def opened(survey, **ago):
    """Now, so long after the survey was opened."""
    now = timezone.now()
    Survey.objects.filter(pk=survey.pk).update(opened_at=now - timedelta(**ago))
    return now


def test_a_survey_that_was_opened_a_moment_ago_has_no_pace_yet(researcher, survey, cy):
    pace = monitor_of(survey, opened(survey, minutes=5)).pace
    assert (pace.rate, pace.projected_end, pace.unit) == (None, None, "minute")
    page = researcher.get(f"/console/surveys/{survey.slug}/live/").text
    assert "known after one hour" in page
    assert "per day" not in page


def test_in_its_first_day_the_pace_is_given_by_the_hour(researcher, survey, cy):
    pace = monitor_of(survey, opened(survey, hours=4)).pace
    assert (pace.rate_unit, pace.unit) == ("hour", "hour")
    assert pace.rate == pytest.approx(1 / 4)
    assert (
        "Finished per hour, since opening"
        in researcher.get(f"/console/surveys/{survey.slug}/live/").text
    )
    pace = monitor_of(survey, opened(survey, days=2)).pace
    assert (pace.rate_unit, pace.rate) == ("day", pytest.approx(1 / 2))


def test_a_survey_of_an_hour_has_a_line_of_more_than_two_points(survey):
    now = opened(survey, hours=1)
    for minute in (10, 30, 50):
        Visitor(survey.slug).finish()
        Participant.objects.filter(pk=Participant.objects.latest("pk").pk).update(
            finished_at=now - timedelta(minutes=60 - minute)
        )
    chart = monitor_of(survey, now).chart
    assert chart.line.count("L") >= 6
    heights = [float(place.split()[1]) for place in chart.line[1:].split(" L")]
    assert heights == sorted(heights, reverse=True)


def test_who_withdrew_does_not_make_the_funnel_rise(db, tmp_path):
    survey = make_survey(tmp_path, n_examples=3, more=EVERYTHING)
    for leaves in (True, False):
        visitor = Visitor(survey.slug)
        visitor.go_to("trial")
        if leaves:
            visitor.get(visitor.url("withdraw/"))
            visitor.send()
    found = reached(monitor_of(survey))
    assert (found["Comprehension check"], found["Assignment"], found["Introduction"]) == (2, 2, 1)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_a_page_that_came_later_does_not_make_the_funnel_rise(db, tmp_path):
    """Those who had passed its place before a new version brought it have passed it, too."""
    survey = make_survey(tmp_path, more=DEBRIEFING)
    Visitor(survey.slug).finish()
    Survey.objects.update(arrivals=0)
    load_study(make_protocol(tmp_path, more=DEBRIEFING + COMPREHENSION), new_version=True)
    monitor = monitor_of(survey)
    assert [step.reached for step in monitor.funnel] == [1] * len(monitor.funnel)
    assert [step.lost for step in monitor.funnel] == [0] * len(monitor.funnel)


def test_a_closed_survey_has_no_pace(survey, cy):
    Survey.objects.update(status="closed", closed_at=timezone.now())
    pace = monitor_of(survey).pace
    assert (pace.per_day, pace.projected_end) == (None, None)


def test_a_draft_that_nobody_could_take_shows_nothing(db, tmp_path):
    monitor = monitor_of(make_survey(tmp_path, is_open=False))
    assert (monitor.chart, monitor.median, monitor.pace.per_day) == (None, None, None)
    assert [step.share for step in monitor.funnel] == [0.0] * 8


def test_the_live_page_has_a_text_for_its_chart_and_the_numbers_behind_it(researcher, survey, cy):
    page = researcher.get(f"/console/surveys/{survey.slug}/live/").content.decode()
    assert '<title id="pace-text">1 finished since' in page
    assert "Numbers by minute</summary>" in page
    assert 'data-summary="1 finished, 0 active, 0 dropped out."' in page


def test_other_studies_are_not_counted(survey, cy, tmp_path):
    other = make_survey(tmp_path, "others")
    Visitor(other.slug).finish()
    assert monitor_of(survey).n_consented == 1


@pytest.mark.parametrize(("size", "places", "target"), [(98, 120, 98), (0, 120, 120), (0, 0, None)])
def test_the_protocols_sample_size_is_the_target_and_places_where_there_is_none(
    size, places, target
):
    texts = SimpleNamespace(
        sample=SimpleNamespace(size=size), assignment=SimpleNamespace(places=places)
    )
    survey: Any = SimpleNamespace(protocol=texts)
    assert target_of(survey) == target
