"""What comes before and after the questions: consent, comprehension, practice, questionnaires."""

import pytest

from surveys.checks.stored_data import find_problems
from surveys.models import Event, Participant, Response, Survey, Trial
from surveys.participation.given.answers import form_key
from surveys.participation.leaving.withdrawal import WITHDRAWN_ID
from surveys.protocol.wording import consent_version
from surveys.studies.lifecycle.publishing import close_survey
from tests.factories import make_survey
from tests.surveys.everything import (
    CHECKS,
    COMPREHENSION,
    DEBRIEFING,
    EVERYTHING,
    QUESTIONNAIRE,
)
from tests.surveys.visitor import Visitor


@pytest.fixture
def visitor_of(db, tmp_path):
    def make(more, **kwargs):
        return Visitor(make_survey(tmp_path, more=more, n_examples=3, **kwargs).slug)

    return make


def problems():
    return list(find_problems(Survey.objects.get()))


def test_everything_together_leads_to_the_end_and_leaves_consistent_data(visitor_of):
    visitor = visitor_of(EVERYTHING)
    visitor.finish()
    assert visitor.is_done
    addresses = [response.headers.get("Location", "") for response in visitor.seen]
    steps = [address.split("/")[3] for address in addresses if address]
    order = [step for step in dict.fromkeys(steps) if step != "next"]
    assert order == [
        "comprehension",
        "assignment",
        "introduction",
        "practice",
        "trial",
        "questions",
        "debriefing",
        "thanks",
    ]
    assert problems() == []


# Consent


def test_it_stores_which_wording_was_agreed_to_and_when(visitor_of):
    visitor = visitor_of('consent_version = "2"')
    visitor.agree()
    person = visitor.participant
    assert person.consent_version == consent_version(person.survey.protocol, "en")
    assert person.consent_version.startswith("2 ")
    event = person.events.get(kind="consent")
    assert (event.detail, event.at) == (person.consent_version, person.consented_at)


def test_another_wording_is_another_version(survey, tmp_path):
    other = make_survey(tmp_path, "other", more='[texts]\nconsent = "I agree."')
    assert consent_version(survey.protocol, "en") != consent_version(other.protocol, "en")


def test_who_does_not_agree_is_counted_once_and_nothing_else_is_stored(ada):
    form = {**ada.form.values, "agree": "no"}
    for _ in range(2):
        ada.post(ada.url(), form)
        assert "You are not taking part" in ada.text
    assert Survey.objects.get().declined == 1
    assert not Participant.objects.exists()


def test_who_did_not_agree_may_think_again(ada):
    ada.post(ada.url(), {**ada.form.values, "agree": "no"})
    ada.arrive()
    ada.finish()
    assert ada.is_done


# Comprehension


def test_nobody_is_assigned_before_they_have_understood(visitor_of):
    visitor = visitor_of(COMPREHENSION)
    visitor.go_to("comprehension")
    assert visitor.participant.number is None
    visitor.send(answer_1="2", answer_2="2")
    assert visitor.participant.number == 1
    assert visitor.participant.comprehension_tries == 1
    assert problems() == []


def test_after_a_wrong_answer_it_may_be_tried_again(visitor_of):
    visitor = visitor_of(COMPREHENSION)
    visitor.go_to("comprehension")
    visitor.send(answer_1="1", answer_2="2")
    assert "Not all answers were right" in visitor.text
    assert "You have 1 try." in visitor.text
    visitor.send(answer_1="2", answer_2="2")
    assert visitor.address == visitor.url("introduction/")


def test_who_has_no_tries_left_is_turned_away_and_takes_no_place(visitor_of):
    visitor = visitor_of(COMPREHENSION)
    visitor.go_to("comprehension")
    first = visitor.form.values
    for _ in range(2):
        visitor.send(answer_1="1", answer_2="1")
    assert visitor.is_over
    assert "cannot take part" in visitor.text
    person = visitor.participant
    assert (person.turned_away, person.number) == ("screened_out", None)
    visitor.post(visitor.url("comprehension/"), {**first, "answer_1": "2", "answer_2": "2"})
    visitor.get(visitor.url("trial/1/"))
    assert visitor.address == visitor.url("ended/")
    assert Survey.objects.get().assigned == 0
    assert problems() == []


def test_a_double_click_costs_one_try_only(visitor_of):
    visitor = visitor_of(COMPREHENSION)
    visitor.go_to("comprehension")
    form = {**visitor.form.values, "answer_1": "1", "answer_2": "2"}
    visitor.post(visitor.url("comprehension/"), form)
    visitor.post(visitor.url("comprehension/"), form)
    assert visitor.participant.comprehension_tries == 1


def test_an_incomplete_check_costs_no_try(visitor_of):
    visitor = visitor_of(COMPREHENSION)
    visitor.go_to("comprehension")
    response = visitor.send(answer_1="2")
    assert response.status_code == 400
    assert "still missing" in visitor.text
    assert visitor.participant.comprehension_tries == 0


@pytest.mark.parametrize(
    ("sent", "heading"),
    [
        ({"answer_2": "3"}, "This answer was not offered"),
        ({"answer_2": "x"}, "This answer was not offered"),
        ({"answer_2": "-1"}, "This answer was not offered"),
        ({"answer_2": "2", "attempt": "x"}, "This page is out of date"),
        ({"answer_2": "2", "attempt": ""}, "This page is out of date"),
    ],
)
def test_a_check_that_cannot_be_read_is_refused_and_costs_no_try(visitor_of, sent, heading):
    visitor = visitor_of(COMPREHENSION)
    visitor.go_to("comprehension")
    assert visitor.send(answer_1="2", **sent).status_code in (400, 409)
    assert heading in visitor.text
    assert visitor.participant.comprehension_tries == 0


def test_the_check_does_not_show_the_right_answers(visitor_of):
    visitor = visitor_of(COMPREHENSION)
    visitor.go_to("comprehension")
    inputs = visitor.form.choices
    assert inputs == {"answer_1": ["1", "2"], "answer_2": ["1", "2"]}
    assert "checked" not in visitor.text


@pytest.mark.parametrize(
    ("page", "sent"),
    [
        (1, {"q_age": "1", "q_devices": "4"}),
        (1, {"q_age": "1", "q_devices": "x"}),
        (1, {"q_age": "1.0"}),
        (2, {"q_hard": "6"}),
        (2, {"q_hard": "٣"}),
    ],
)
def test_an_answer_that_a_questionnaire_does_not_offer_is_refused(visitor_of, page, sent):
    visitor = visitor_of(QUESTIONNAIRE)
    visitor.go_to("questions")
    if page == 2:
        visitor.send(q_age="1")
    assert visitor.send(**sent).status_code == 400
    assert "This answer was not offered" in visitor.text
    assert visitor.participant.n_pages == page - 1


# Practice


def test_practice_shows_the_models_answer_and_stores_none(visitor_of):
    visitor = visitor_of("practice = 2")
    visitor.go_to("practice")
    item = Survey.objects.get().stimulus_set.items.get(name="example-2")
    assert sorted(visitor.form.choices["answer"]) == sorted([*item.options, "cant_tell"])
    visitor.send(answer=item.prediction)
    assert "Yes, that was the model’s answer" in visitor.text
    visitor.send()
    assert visitor.address == visitor.url("practice/2/")
    visitor.send(answer="cant_tell")
    assert "The model gave a different answer" in visitor.text
    visitor.send()
    assert visitor.trial == 1
    assert not Response.objects.exists()
    assert set(Trial.objects.values_list("item__is_example", flat=True)) == {False}


def test_practice_is_not_about_what_the_introduction_shows(visitor_of):
    visitor = visitor_of("practice = 2")
    visitor.go_to("introduction")
    introduced = set(visitor.images)
    visitor.go_to("practice")
    assert not introduced & set(visitor.images)


def test_practice_cannot_be_skipped_or_done_twice(visitor_of):
    visitor = visitor_of("practice = 2")
    visitor.go_to("practice")
    visitor.get(visitor.url("trial/1/"))
    assert visitor.address == visitor.url("practice/1/")
    for forged in ("yes", "é", form_key(visitor.participant, 2, "practice")):
        visitor.send(seen=forged)
        assert "No answer was chosen" in visitor.text
    assert visitor.participant.n_practised == 0
    visitor.send(answer="cant_tell")
    form = visitor.form.values
    visitor.post(visitor.url("practice/1/"), form)
    visitor.post(visitor.url("practice/1/"), form)
    assert visitor.participant.n_practised == 1
    visitor.send(seen=form["seen"])
    assert visitor.participant.n_practised == 1
    visitor.post(visitor.url("practice/2/"), {**visitor.form.values, "answer": "zebra"})
    assert "No answer was chosen" in visitor.text


# Attention checks and repeated questions


def test_who_follows_an_attention_check_has_not_failed(visitor_of):
    visitor = visitor_of(CHECKS)
    visitor.finish()
    assert visitor.participant.n_failed_checks == 0
    kinds = visitor.participant.trials.values_list("kind", flat=True)
    assert list(kinds.order_by("position")) == [
        "main", "main", "attention", "main", "main", "repeat"
    ]  # fmt: skip
    assert problems() == []


def test_who_does_not_follow_an_attention_check_is_counted_as_failed(visitor_of):
    visitor = visitor_of(CHECKS)
    visitor.begin()
    while not visitor.is_done:
        wrong = [o for o in visitor.form.choices["answer"] if o != visitor.asked_for]
        visitor.send(answer=wrong[0])
    assert visitor.participant.n_failed_checks == 1
    assert problems() == []
    Participant.objects.update(n_failed_checks=0)
    assert problems() == ["Participant 1 failed 1 attention checks, but 0 are counted."]


# Questionnaires and debriefing


def test_questionnaire_answers_are_stored_by_the_questions_names(visitor_of):
    visitor = visitor_of(QUESTIONNAIRE)
    visitor.go_to("questions")
    visitor.send(q_age="2", q_devices=["1", "2"])
    visitor.send(q_hard="5", q_remarks="  Nice\0 boats! ")
    assert visitor.is_done
    assert visitor.participant.questionnaire == {
        "age": "30 to 49",
        "devices": ["Phone", "Laptop"],
        "hard": 5,
        "remarks": "Nice boats!",
    }
    assert problems() == []


def test_a_required_question_is_asked_again_and_what_was_answered_is_kept(visitor_of):
    visitor = visitor_of(QUESTIONNAIRE)
    visitor.go_to("questions")
    response = visitor.send(q_devices="2")
    assert response.status_code == 400
    assert "still missing" in visitor.text
    assert visitor.text.count("checked") == 1
    assert visitor.participant.questionnaire == {}


@pytest.mark.parametrize("value", ["0", "4", "x", "-1", "٢", "", "9" * 5000])
def test_an_option_that_was_not_offered_is_not_taken(visitor_of, value):
    visitor = visitor_of(QUESTIONNAIRE)
    visitor.go_to("questions")
    assert visitor.send(q_age=value).status_code == 400
    assert visitor.participant.questionnaire == {}


def test_a_questionnaire_page_counts_as_it_was_first_sent(visitor_of):
    visitor = visitor_of(QUESTIONNAIRE)
    visitor.go_to("questions")
    form = {**visitor.form.values, "q_age": "1"}
    visitor.post(visitor.url("questions/1/"), form)
    visitor.post(visitor.url("questions/1/"), {**form, "q_age": "3"})
    assert visitor.address == visitor.url("questions/2/")
    assert visitor.participant.questionnaire == {"age": "18 to 29"}


def test_questionnaires_wait_for_the_last_answer(visitor_of):
    visitor = visitor_of(QUESTIONNAIRE)
    visitor.begin()
    for rest in ("questions/1/", "questions/2/", "thanks/", "debriefing/"):
        visitor.get(visitor.url(rest))
        assert visitor.trial == 1


def test_the_debriefing_comes_when_everything_is_answered(visitor_of):
    visitor = visitor_of(DEBRIEFING)
    visitor.go_to("debriefing")
    assert "We compared kinds of pictures." in visitor.text
    visitor.send()
    assert visitor.is_done
    assert visitor.participant.debriefed_at is not None
    assert problems() == []


# Withdrawal


@pytest.mark.parametrize("step", ["comprehension", "introduction", "practice", "trial", "thanks"])
def test_withdrawing_deletes_everything_that_was_answered(visitor_of, step):
    visitor = visitor_of(EVERYTHING)
    visitor.arrive("?PROLIFIC_PID=abc")
    visitor.go_to(step)
    assert visitor.url("withdraw/") in visitor.text
    visitor.get(visitor.url("withdraw/"))
    visitor.send()
    assert "have withdrawn" in visitor.text
    person = visitor.participant
    assert person.withdrawn_at is not None
    assert [model.objects.count() for model in (Trial, Response, Event)] == [0, 0, 0]
    assert person.panel_identity.panel_id.startswith(WITHDRAWN_ID)
    assert person.questionnaire == {}
    assert (person.n_trials, person.n_answered, person.finished_at) == (0, 0, None)
    assert Survey.objects.get().assigned == (0 if step == "comprehension" else 1)
    assert problems() == []


def test_looking_at_the_withdrawal_page_withdraws_nothing(ben):
    ben.get(ben.url("withdraw/"))
    assert ben.participant.withdrawn_at is None
    ben.get(ben.url())
    assert ben.trial == 3


def test_after_withdrawing_nothing_is_taken_any_more(ben):
    address, form = ben.form.action, ben.filled_form()
    ben.get(ben.url("withdraw/"))
    ben.send()
    ben.post(address, form)
    assert not Response.objects.exists()
    for rest in ("", "trial/3/", "introduction/", "thanks/", "withdraw/"):
        ben.get(ben.url(rest))
        assert ben.address == ben.url("withdrawn/")
    assert problems() == []


def test_withdrawing_is_possible_after_the_survey_is_closed(survey, ben):
    close_survey(survey)
    ben.get(ben.url())
    assert f'href="{ben.url("withdraw/")}"' in ben.text
    ben.get(ben.url("withdraw/"))
    ben.send()
    assert ben.participant.withdrawn_at is not None


def test_what_a_withdrawn_participant_left_behind_is_found(ben):
    ben.get(ben.url("withdraw/"))
    ben.send()
    Event.objects.create(participant=ben.participant, kind="page", at=ben.participant.withdrawn_at)
    assert problems() == ["Participant 1 has withdrawn, but some of their data remain."]


def test_a_skipped_page_is_found(visitor_of):
    visitor = visitor_of(COMPREHENSION)
    visitor.finish()
    Participant.objects.update(understood_at=None)
    assert "Participant 1 has skipped a page." in problems()
