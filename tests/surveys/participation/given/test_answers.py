from datetime import timedelta

import pytest
from django.db.models import F

from surveys.models import Event, Participant, Trial
from tests.surveys.visitor import Visitor

MEASURED = {
    "response_time_ms": "5321", "hidden_time_ms": "1200", "chosen_ms": "4000", "n_changes": "2",
    "timed_by": "element", "images_failed": "0",
}  # fmt: skip


def began_earlier(seconds):
    """Has all trials shown and answered so much earlier."""
    earlier = timedelta(seconds=seconds)
    Trial.objects.update(shown_at=F("shown_at") - earlier)
    Trial.objects.update(first_answered_at=F("first_answered_at") - earlier)


def test_it_stores_the_option_and_where_it_stood(ben):
    options = ben.form.choices["answer"]
    ben.answer(choice=4)
    response = ben.responses[2]
    assert (response.option, response.position) == (options[4], 5)
    assert response.trial.options == options


def test_the_reply_to_an_answer_is_the_next_question(ben):
    before = len(ben.seen)
    ben.answer()
    assert [reply.status_code for reply in ben.seen[before:]] == [200]
    assert ben.trial == 4
    shown = ben.participant.trials.get(position=4)
    assert ben.form.choices["answer"] == shown.options
    assert shown.shown_at == ben.responses[2].answered_at


def test_the_reply_to_the_last_answer_leads_to_the_last_page(ben):
    ben.answer()
    before = len(ben.seen)
    ben.answer()
    assert [reply.status_code for reply in ben.seen[before:]] == [302, 200]
    assert ben.is_done


def test_it_offers_four_classes_and_cant_tell(ben):
    trial = ben.participant.trials.get(position=3)
    assert ben.form.choices["answer"] == trial.options
    assert sorted(trial.options) == sorted([*trial.item.options, "cant_tell"])


def test_it_stores_the_times_that_the_browser_measured(ben):
    began_earlier(seconds=6)
    ben.answer(**MEASURED)
    response = ben.responses[2]
    assert {name: str(getattr(response, name)) for name in MEASURED} == MEASURED


def test_without_javascript_it_stores_the_answer_without_times(ben):
    ben.answer()
    response = ben.responses[2]
    assert (response.response_time_ms, response.hidden_time_ms) == (None, None)


def test_a_time_longer_than_the_server_saw_go_by_is_left_out_and_said_so(ben):
    began_earlier(seconds=6)
    ben.answer(**{**MEASURED, "response_time_ms": "80000000"})
    response = ben.responses[2]
    assert (response.response_time_ms, response.chosen_ms, response.hidden_time_ms) == (None,) * 3
    assert response.timed_by == "impossible"
    assert (response.n_changes, response.images_failed) == (2, 0)


def test_a_bot_invents_its_times_and_does_not_wait_for_them(ben):
    Participant.objects.update(simulated=True)
    ben.answer(response_time_ms="5321", hidden_time_ms="0")
    assert ben.responses[2].response_time_ms == 5321


def test_a_reload_is_counted_since_it_starts_the_clock_again(ben):
    def shown():
        return ben.participant.trials.get(position=3).times_shown

    assert shown() == 1
    ben.browser.head(ben.url("trial/3/"))
    assert shown() == 1
    ben.get(ben.url())
    assert shown() == 2
    ben.post(ben.form.action, ben.form.values)
    assert shown() == 3


def test_what_was_first_shown_before_showings_were_counted_stays_uncounted(ben):
    Trial.objects.update(times_shown=None)
    ben.get(ben.url())
    ben.answer()
    shown = ben.participant.trials.order_by("position").values_list("times_shown", flat=True)
    assert list(shown) == [None, None, None, 1]


def test_a_double_click_is_stored_once_and_passes_unnoticed(ben):
    address, form = ben.form.action, ben.filled_form()
    ben.post(address, form)
    ben.post(address, form)
    assert ben.trial == 4
    assert len(ben.responses) == 3


def test_going_back_and_answering_otherwise_keeps_the_first_answer(ben):
    address, first, second = ben.form.action, ben.filled_form(0), ben.filled_form(1)
    ben.post(address, first)
    response = ben.post(address, second)
    assert response.status_code == 409
    assert "already recorded" in response.content.decode()
    assert ben.responses[2].option == first["answer"]


def test_two_tabs_on_the_same_question_store_one_answer(ben):
    other_tab = (ben.form.action, ben.filled_form(2))
    ben.answer(choice=0)
    ben.answer(choice=0)
    assert ben.is_done
    response = ben.post(*other_tab)
    assert response.status_code == 409
    assert len(ben.responses) == 4


def test_the_refusal_leads_on_to_the_current_question(ben):
    address, form = ben.form.action, ben.filled_form(1)
    ben.answer(0)
    page = ben.post(address, form).content.decode()
    assert f'href="{ben.url()}"' in page
    ben.get(ben.url())
    assert ben.trial == 4


@pytest.mark.parametrize("answer", ["zebra", "1", "cant_tell ", "\x00", "a" * 100_000])
def test_a_value_that_was_not_offered_is_refused(ben, answer):
    form = {**ben.form.values, "answer": answer}
    response = ben.post(ben.form.action, form)
    assert response.status_code == 400
    assert "was not offered" in response.content.decode()
    assert len(ben.responses) == 2
    ben.answer()
    assert len(ben.responses) == 3


@pytest.mark.parametrize("answer", ["zebra", "\x00"])
def test_a_value_that_was_not_offered_is_refused_after_the_answer_too(ben, answer):
    address, values = ben.form.action, ben.form.values
    ben.answer()
    assert ben.post(address, {**values, "answer": answer}).status_code == 409


def test_an_empty_answer_is_asked_for_again(ben):
    response = ben.post(ben.form.action, ben.form.values)
    assert response.status_code == 400
    assert "Choose one of the answers" in response.content.decode()
    assert "answer" in ben.form.choices


def test_an_answer_to_a_later_question_is_refused(ben):
    from surveys.participation.given.answers import form_key

    form = {**ben.filled_form(), "form_key": form_key(ben.participant, 4)}
    response = ben.post(ben.url("trial/4/"), form)
    assert response.status_code == 409
    assert len(ben.responses) == 2


@pytest.mark.parametrize("position", ["0", "3", "4", "99999999999999999999"])
def test_a_form_of_another_participant_is_refused(survey, ben, position):
    other = Visitor(survey.slug)
    other.begin()
    while other.trial != 3:
        other.answer()
    form = {**other.filled_form(), "csrfmiddlewaretoken": ben.form.values["csrfmiddlewaretoken"]}
    response = ben.post(ben.url(f"trial/{position}/"), form)
    assert response.status_code == 409
    assert "out of date" in response.content.decode()
    assert len(ben.responses) == 2


def test_a_form_without_its_token_is_refused(ben):
    response = ben.post(ben.form.action, {"answer": "cant_tell"})
    assert response.status_code == 403
    assert len(ben.responses) == 2


def test_it_remembers_when_a_question_was_first_shown(ben):
    trial = ben.participant.trials.get(position=3)
    assert trial.shown_at is not None
    ben.get(ben.url())
    assert ben.participant.trials.get(position=3).shown_at == trial.shown_at


def test_it_records_what_happened_in_order(cy):
    kinds = cy.participant.events.values_list("kind", flat=True)
    assert list(kinds) == ["arrival", "consent", "assignment", "page", "finish"]


def test_an_event_is_never_changed(cy):
    event = Event.objects.first()
    with pytest.raises(TypeError, match="changed"):
        event.save()
