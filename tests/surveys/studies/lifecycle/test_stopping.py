"""The stopping rule of a protocol, and the survey that closes by itself."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from surveys.bots.policies import uniform
from surveys.bots.walker import run_bots
from surveys.errors import ProtocolError
from surveys.models import Participant, Survey
from surveys.participation.people.assignment import places_taken
from surveys.studies.lifecycle.pilots import start_pilot
from surveys.studies.lifecycle.publishing import open_survey
from surveys.studies.lifecycle.stopping import close_if_due, find_sample, takes_nobody_new
from tests.factories import make_survey
from tests.surveys.visitor import Visitor

pytestmark = pytest.mark.django_db
CLOSES = "\n[sample]\nsize = 2\n[stopping]\nclose = true\n"
DEBRIEFED = '\n[texts]\ndebriefing = "About pictures."\n' + CLOSES


def make(tmp_path, more=CLOSES, **changes):
    return make_survey(tmp_path, more=more, **changes)


def state(survey):
    return Survey.objects.get(pk=survey.pk).status


def test_without_a_sample_there_is_nothing_to_reach(tmp_path):
    survey = make(tmp_path, "")
    Visitor("shapes").finish()
    sample = find_sample(survey)
    assert (sample.size, sample.counted, sample.is_reached) == (0, 1, False)


def test_it_counts_those_who_finished_and_did_not_withdraw(tmp_path):
    survey = make(tmp_path, "\n[sample]\nsize = 2\n")
    Visitor("shapes").begin()
    gone, stayed = Visitor("shapes"), Visitor("shapes")
    gone.finish()
    gone.get(gone.url("withdraw/"))
    gone.send()
    stayed.finish()
    assert find_sample(survey).counted == 1
    Visitor("shapes").finish()
    assert find_sample(survey).is_complete
    assert state(survey) == Survey.Status.OPEN
    assert not takes_nobody_new(survey)


def test_it_may_count_only_those_who_passed_the_checks(tmp_path):
    more = '\n[sample]\nsize = 1\ncounts = "passed"\n[checks]\nallowed_failures = 1\n'
    survey = make(tmp_path, more)
    Visitor("shapes").finish()
    Participant.objects.update(n_failed_checks=2)
    assert find_sample(survey).counted == 0
    Participant.objects.update(n_failed_checks=1)
    assert find_sample(survey).is_complete


def test_it_closes_with_the_last_one_and_says_that_its_rule_did(tmp_path):
    survey = make(tmp_path)
    Visitor("shapes").finish()
    assert state(survey) == Survey.Status.OPEN
    Visitor("shapes").finish()
    survey.refresh_from_db()
    assert (survey.status, survey.closed_by_rule) == (Survey.Status.CLOSED, True)
    assert survey.closed_at is not None


def test_participants_who_have_begun_may_finish_and_nobody_new_comes_in(tmp_path):
    survey = make(tmp_path, DEBRIEFED)
    late, reading = Visitor("shapes"), Visitor("shapes")
    late.begin()
    reading.arrive()
    for _ in range(2):
        Visitor("shapes").finish()
    assert state(survey) == Survey.Status.OPEN
    new = Visitor("shapes")
    new.arrive()
    reading.send_consent()
    assert new.address == reading.address == new.url("closed/")
    late.finish()
    assert late.is_done
    assert find_sample(survey).counted == 3
    assert state(survey) == Survey.Status.CLOSED


def test_a_participant_near_the_end_keeps_it_open(tmp_path):
    survey = make(tmp_path, DEBRIEFED)
    for _ in range(2):
        Visitor("shapes").go_to("debriefing")
    assert not close_if_due(survey)
    Participant.objects.update(last_active_at=F("last_active_at") - timedelta(hours=1))
    assert close_if_due(survey)
    assert not close_if_due(survey)


def test_somebody_who_is_gone_does_not_keep_it_open(tmp_path):
    survey = make(tmp_path)
    Visitor("shapes").begin()
    Participant.objects.update(last_active_at=F("last_active_at") - timedelta(hours=1))
    Visitor("shapes").finish()
    Visitor("shapes").finish()
    assert state(survey) == Survey.Status.CLOSED


def test_the_last_day_lasts_until_midnight(tmp_path, monkeypatch):
    survey = make(tmp_path, "\n[stopping]\nlast_day = 2030-01-31\nclose = true\n")
    for now, is_past in (
        (datetime(2030, 1, 31, 23, 59, tzinfo=UTC), False),
        (datetime(2030, 2, 1, tzinfo=UTC), True),
    ):
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        assert find_sample(survey).is_past_last_day == is_past
    assert "This study is closed" in Visitor("shapes").arrive().text
    assert state(survey) == Survey.Status.CLOSED


def test_simulated_participants_do_not_count_in_a_pilot_either(tmp_path):
    survey = make(tmp_path)
    list(run_bots(survey, 2, 1, uniform))
    assert find_sample(survey).counted == 0
    pilot = start_pilot(survey, "rosa")
    list(run_bots(pilot, 2, 1, uniform))
    assert find_sample(pilot).counted == 0
    assert not takes_nobody_new(pilot)


def test_opening_it_again_leaves_the_rule_in_force(tmp_path):
    survey = make(tmp_path)
    for _ in range(2):
        Visitor("shapes").finish()
    survey.refresh_from_db()
    assert open_survey(survey)
    assert not survey.closed_by_rule
    assert "This study is closed" in Visitor("shapes").arrive().text
    assert state(survey) == Survey.Status.CLOSED


def test_the_console_shows_how_far_the_sample_is_and_that_the_rule_is_met(researcher, tmp_path):
    page = "/console/surveys/shapes/"
    survey = make(tmp_path, '\n[sample]\nsize = 1\n[stopping]\nrule = "At one."\n')
    assert "<strong>0 of 1</strong> planned participants have finished" in researcher.get(page).text
    assert "At one." in researcher.get(page).text
    assert "The rule is met" not in researcher.get(page).text
    Visitor("shapes").finish()
    assert "The rule is met. Close the study." in researcher.get(page).text
    Survey.objects.filter(pk=survey.pk).update(closed_by_rule=True, status=Survey.Status.CLOSED)
    assert "closed automatically" in researcher.get(page).text


PASSED = """
[assignment]
mode = "least_filled"
places = 4
[checks]
attention_after = [1]
[sample]
size = 4
counts = "passed"
[stopping]
close = true
"""


def fail_the_check(visitor):
    while not visitor.is_over:
        choices = visitor.choices()
        if visitor.asked_for:
            options = visitor.form.choices["answer"]
            choices["answer"] = next(key for key in options if key != visitor.asked_for)
        visitor.send(**choices)


def test_who_does_not_count_takes_no_place_and_does_not_tip_the_balance(tmp_path):
    """Everybody of one condition fails the check; both conditions are filled all the same."""
    survey = make(tmp_path, PASSED, n_examples=1)
    for _ in range(12):
        if state(survey) != Survey.Status.OPEN:
            break
        visitor = Visitor("shapes")
        visitor.begin()
        participant = visitor.participant
        if participant.condition.name == "pv" and participant.number <= 6:
            fail_the_check(visitor)
        else:
            visitor.finish()
    counted = Participant.objects.filter(n_failed_checks=0)
    by_condition = Counter(counted.values_list("condition__name", flat=True))
    assert by_condition == {"gradcam": 2, "pv": 2}
    assert state(survey) == Survey.Status.CLOSED


def test_who_has_failed_too_often_holds_no_place_while_under_way(tmp_path):
    survey = make(tmp_path, PASSED, n_examples=1)
    Visitor("shapes").begin()
    assert places_taken(survey, survey.protocol) == 1
    Participant.objects.update(n_failed_checks=1)
    assert places_taken(survey, survey.protocol) == 0


def test_where_everybody_counts_who_finished_keeps_the_place(tmp_path):
    more = PASSED.replace('counts = "passed"', 'counts = "finished"')
    survey = make(tmp_path, more, n_examples=1)
    visitor = Visitor("shapes")
    visitor.begin()
    fail_the_check(visitor)
    assert Participant.objects.get().n_failed_checks == 1
    assert places_taken(survey, survey.protocol) == 1


def test_looks_are_counted_and_close_nothing(tmp_path):
    survey = make(tmp_path, "\n[sample]\nsize = 4\n[stopping]\nlooks = [2, 3]\n")
    due = []
    for _ in range(3):
        Visitor(survey.slug).finish()
        due.append(find_sample(survey).n_looks_due)
    assert due == [0, 1, 2]
    assert state(survey) == Survey.Status.OPEN


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("[sample]\nsize = 9\n[stopping]\nlooks = [4, 3]", "must be in ascending order"),
        ("[sample]\nsize = 9\n[stopping]\nlooks = [9]", "must be less than sample.size"),
        ("[stopping]\nlooks = [9]", "must be less than sample.size"),
        ("[sample]\nsize = 9\n[stopping]\nspending = 'even'", "spending"),
    ],
)
def test_looks_that_cannot_be_kept_are_refused(tmp_path, more, words):
    with pytest.raises(ProtocolError, match=words):
        make(tmp_path, more)
