from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from surveys.checks.stored_data import find_problems
from surveys.models import Event, Participant, Response, Survey, Trial
from tests.factories import make_survey
from tests.surveys.visitor import Visitor


def problems():
    return list(find_problems(Survey.objects.get()))


def test_it_finds_nothing_in_what_the_pages_stored(ada, ben, cy):
    ada.agree()
    assert problems() == []


def test_it_derives_orders_with_unequal_ratios_again(db, tmp_path):
    survey = make_survey(tmp_path, ratios=[3, 1], more='question_order = "fixed"')
    for _ in range(5):
        Visitor(survey.slug).begin()
    assert problems() == []


def test_it_finds_a_missing_participant(ben, cy):
    ben.participant.delete()
    assert problems() == ["Participant number 1 is in the ledger, but not among the participants."]


def test_it_finds_a_wrong_count_of_assignments(ben):
    Survey.objects.update(assigned=5)
    assert problems() == ["The study counts 5 assigned participants, but has 1."]


def test_it_finds_a_participant_in_another_condition(survey, ben, cy):
    first = survey.conditions.get(name="gradcam")
    Participant.objects.filter(number=2).update(condition=first)
    assert problems() == ["Participant 2 is in another condition than the ledger says."]


def test_it_finds_a_trial_about_another_item(ben):
    first, second = ben.participant.trials.order_by("position")[:2]
    Trial.objects.filter(pk=first.pk).update(item=second.item)
    assert "which the seed does not put there" in problems()[0]


def test_it_finds_options_in_another_order(ben):
    trial = ben.participant.trials.get(position=4)
    trial.options.reverse()
    trial.save()
    assert problems() == [
        "Trial 4 of participant 1 shows its options in another order than the seed gives."
    ]


def test_it_finds_options_that_are_not_the_items_own(ben):
    trial = ben.participant.trials.get(position=4)
    trial.options[0] = "zebra"
    trial.save()
    assert problems() == ["Trial 4 of participant 1 shows other options than its item has."]


def test_it_finds_a_missing_trial(ben):
    ben.participant.trials.get(position=4).delete()
    assert problems() == ["Participant 1 should have 4 trials, but 3 are stored and 4 are counted."]


def test_it_finds_a_lost_answer(cy):
    Response.objects.filter(trial__position=2).delete()
    assert problems() == ["Participant 1 has 3 answers, but 4 are counted."]


def test_it_finds_an_answer_that_skips_a_trial(ben):
    Response.objects.filter(trial__position=2).update(trial=ben.participant.trials.get(position=4))
    assert any("Trial 4 of participant 1 skips another." in found for found in problems())


def test_it_finds_who_finished_without_answering_everything(ben):
    Participant.objects.update(finished_at=F("introduced_at"))
    assert any("does not go with the time of finishing" in found for found in problems())


def test_it_finds_an_answer_that_was_not_offered(ben):
    Response.objects.filter(trial__position=1).update(option="zebra")
    assert "was answered 'zebra' at place 1" in problems()[0]


@pytest.mark.parametrize("field", ["consented_at", "introduced_at"])
def test_it_finds_times_that_are_out_of_order(ben, field):
    Participant.objects.update(**{field: F(field) - timedelta(days=1)})
    assert "The times of participant 1 are not in order." in problems()


def test_it_finds_an_answer_before_its_question(ben):
    Response.objects.filter(trial__position=2).update(
        answered_at=F("answered_at") - timedelta(minutes=1)
    )
    assert problems() == [
        "Trial 2 of participant 1 was answered before it was shown or before the one ahead of it."
    ]


@pytest.mark.parametrize(
    "times",
    [
        {"response_time_ms": 80_000_000},
        {"response_time_ms": 5, "hidden_time_ms": 6},
        {"response_time_ms": 5, "chosen_ms": 6},
        {"chosen_ms": 6},
    ],
)
def test_it_finds_times_that_cannot_be_true(ben, times):
    Response.objects.filter(trial__position=2).update(**times)
    assert problems() == ["Trial 2 of participant 1 has times of its answer that cannot be true."]
    Participant.objects.update(simulated=True)
    assert problems() == []


def test_it_finds_times_of_a_first_answer_that_cannot_be_true(db, tmp_path):
    visitor = Visitor(make_survey(tmp_path, more="[trials]\ntwo_step = true").slug)
    visitor.begin()
    visitor.answer()
    visitor.answer()
    assert problems() == []
    Trial.objects.filter(position=1).update(first_response_time_ms=80_000_000)
    assert problems() == [
        "Trial 1 of participant 1 has times of its first answer that cannot be true."
    ]


def test_it_finds_a_missing_event(cy):
    Event.objects.filter(kind="finish").delete()
    assert problems() == ["The events of kind finish do not go with the participants' times."]


def test_the_command_ends_with_status_one_on_any_problem(survey, ben):
    out = StringIO()
    call_command("check_data", survey.slug, stdout=out)
    assert "are consistent: 1 participants" in out.getvalue()
    Survey.objects.update(assigned=5)
    with pytest.raises(CommandError, match=r"1 problem\(s\)") as error:
        call_command("check_data", survey.slug, stdout=out)
    assert error.value.returncode == 1
