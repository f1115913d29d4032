"""Trials of a task of their own: more pictures, texts of the item, several questions, times."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from pv_engine.models import Item, Stimulus
from surveys.checks.leaks import find_leaks
from surveys.checks.stored_data import find_problems
from surveys.models import Answer, Response, Trial
from surveys.participation.leaving.withdrawal import withdraw
from tests.surveys.participation.test_query_counts import MOST, CountingVisitor
from tests.surveys.task_sets import EVERY_KIND, further_choices, make_task_survey
from tests.surveys.visitor import Visitor

pytestmark = pytest.mark.django_db
LIMIT = (
    '[task]\npictures = [{kind = "refs", grid = 2}]\nlimit_seconds = 10\n'
    + """
[[task.questions]]
name = "guess"
kind = "pictures"
"""
)


@pytest.fixture
def visitor(tmp_path):
    visitor = Visitor(make_task_survey(tmp_path).slug)
    visitor.go_to("trial")
    return visitor


def fill(visitor, **more):
    form = visitor.form
    return {**form.values, **further_choices(form), "q_why": "", **more}


def send(visitor, **more):
    return visitor.post(visitor.form.action, fill(visitor, **more))


def test_it_shows_the_pictures_of_the_task_in_their_places(visitor):
    trial = Trial.objects.get(position=1)
    condition = visitor.participant.condition.name
    shown = {name for kind in ("refs", f"{condition}_map", "query_a", "query_b")
             for name in Stimulus.objects.get(item=trial.item, kind=kind).file_names}  # fmt: skip
    assert {address.rpartition("/")[2] for address in visitor.images} == shown
    assert len(visitor.images) == 6
    assert 'class="grid grid-2"' in visitor.text
    assert re.findall(r'<figure class="(\w+)">', visitor.text) == ["left", "right"]
    assert trial.item.texts["hint"] in visitor.text


def test_it_stores_the_answer_of_each_kind_of_question(visitor):
    first = Trial.objects.get(position=1)
    send(visitor, answer="2", q_sure="3", q_trust="80", q_why=" By its\0 edges. ")
    assert Response.objects.get().option == first.options[1]
    stored = dict(Answer.objects.values_list("name", "value"))
    offered = stored.pop("word"), stored.pop("order")
    assert stored == {"sure": 3, "trust": 80, "why": "By its edges."}
    assert offered[0] in ("edge", "colour", "shape", "cant_tell")
    assert sorted(offered[1]) == ["colours", "edges", "shapes"]
    assert visitor.trial == 2


def test_a_question_that_may_be_left_out_stores_nothing(visitor):
    send(visitor)
    assert not Answer.objects.filter(name="why").exists()


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"answer": ""}, "No answer was chosen"),
        ({"answer": "query_a"}, "not offered"),
        ({"answer": "3"}, "not offered"),
        ({"q_word": ""}, "still missing"),
        ({"q_word": "zebra"}, "not offered"),
        ({"q_sure": "4"}, "not offered"),
        ({"q_sure": "x"}, "not offered"),
        ({"q_trust": "101"}, "not offered"),
        ({"q_order_1": ""}, "still missing"),
        ({"q_order_1": "2", "q_order_2": "2"}, "not offered"),
        ({"confidence": "3"}, "not offered"),
    ],
)
def test_what_is_missing_or_was_not_offered_is_refused_and_nothing_stored(visitor, sent, says):
    response = send(visitor, **sent)
    assert response.status_code == 400
    assert says in visitor.text
    assert not Response.objects.exists()
    assert not Answer.objects.exists()
    assert visitor.trial == 1


def test_a_refused_page_keeps_what_was_answered_and_marks_what_is_missing(visitor):
    send(visitor, answer="2", q_word="", q_trust="77", q_why="Because")
    assert re.search(r'name="answer" value="2" checked', visitor.text)
    assert 'value="77"' in visitor.text
    assert ">Because</textarea>" in visitor.text
    assert len(re.findall(r'class="further \w+ missing"', visitor.text)) == 1
    assert len(re.findall(r"<option [^>]*selected", visitor.text)) == 3


def test_a_double_click_stores_every_answer_once(visitor):
    data, address = fill(visitor), visitor.form.action
    visitor.post(address, data)
    answers = Answer.objects.count()
    visitor.post(address, data)
    assert (Response.objects.count(), Answer.objects.count()) == (1, answers)
    assert visitor.trial == 2
    visitor.post(address, {**data, "answer": "2"})
    assert "already recorded" in visitor.text


def test_the_key_and_the_kinds_of_pictures_never_reach_the_browser(tmp_path):
    survey = make_task_survey(
        tmp_path, EVERY_KIND + "\n[checks]\nattention_after = [1]\n", "practice = 1\n"
    )
    visitor = Visitor(survey.slug)
    visitor.go_to("trial")
    while visitor.trial:
        asked_for = visitor.asked_for
        send(visitor, **({"answer": asked_for.removeprefix("Picture ")} if asked_for else {}))
    assert visitor.participant.n_failed_checks == 0
    secrets = ["query_a", "query_b", "refs", "okapi", "tapir", "unit-", "model_right"]
    for page in visitor.seen:
        text = page.content.decode()
        assert [secret for secret in secrets if secret in text] == []
    leaks, n_pages = find_leaks(survey)
    assert (leaks, n_pages >= 14) == ([], True)


def test_only_told_texts_are_shown(tmp_path):
    survey = make_task_survey(tmp_path, EVERY_KIND.replace('told = ["hint"]\n', "").replace(
        'told_labels = {hint = "A hint"}\n', ""))  # fmt: skip
    visitor = Visitor(survey.slug)
    visitor.go_to("trial")
    assert "Zebra" not in visitor.text


def test_every_page_takes_at_most_six_queries(tmp_path):
    visitor = CountingVisitor(make_task_survey(tmp_path).slug)
    visitor.go_to("trial")
    while visitor.trial:
        send(visitor, q_why="So")
    assert visitor.is_done
    for count, address, asked in visitor.counts:
        assert count <= MOST, (address, asked)


def test_participants_who_withdraw_leave_no_answers(visitor):
    send(visitor)
    withdraw(visitor.participant)
    assert not Answer.objects.exists()
    assert not Trial.objects.filter(participant=visitor.participant).exists()


def test_check_data_finds_answers_that_were_not_asked_or_not_offered(visitor):
    survey = visitor.participant.survey
    while visitor.trial:
        send(visitor)
    assert list(find_problems(survey)) == []
    trial = Trial.objects.get(position=1)
    Answer.objects.filter(trial=trial, name="sure").update(value=9)
    Answer.objects.filter(trial=trial, name="trust").delete()
    Answer.objects.create(trial=trial, name="zebra", value=1)
    found = "\n".join(find_problems(survey))
    assert "answers sure with 9, which was not offered" in found
    assert "lacks the answer to trust" in found
    assert "an answer to zebra, which was not asked" in found


@pytest.fixture
def limited(tmp_path):
    visitor = Visitor(make_task_survey(tmp_path, LIMIT).slug)
    visitor.go_to("trial")
    return visitor


def age(position, seconds):
    """Let that much time pass since the trial was shown."""
    trial = Trial.objects.get(position=position)
    trial.shown_at = timezone.now() - timedelta(seconds=seconds)
    trial.save()


def test_an_answer_in_time_is_stored(limited):
    age(1, 9)
    limited.answer()
    assert Response.objects.count() == 1
    assert not Trial.objects.exclude(missed_at=None).exists()


def test_an_answer_after_the_limit_is_missing_and_marked(limited):
    data, address = limited.filled_form(), limited.form.action
    age(1, 14)
    limited.post(address, data)
    assert limited.trial == 2
    assert not Response.objects.exists()
    assert Trial.objects.exclude(missed_at=None).get().position == 1
    limited.post(address, data)
    assert limited.trial == 2


def test_the_page_says_that_the_time_is_over_and_the_server_decides(limited):
    form = {**limited.form.values, "timed_out": "1"}
    limited.post(limited.form.action, form)
    assert "No answer was chosen" in limited.text
    age(1, 10)
    limited.post(limited.form.action, form)
    assert limited.trial == 2


def test_coming_back_after_the_limit_leads_to_the_next_question(limited):
    age(1, 14)
    limited.get(limited.url("trial/1/"))
    assert limited.trial == 2
    assert limited.participant.n_answered == 1


def test_missing_the_last_trial_ends_the_trials_and_the_data_are_consistent(limited):
    for position in range(1, 5):
        age(position, 14)
        limited.answer()
    assert limited.is_done
    assert limited.participant.finished_at is not None
    assert list(find_problems(limited.participant.survey)) == []
    Trial.objects.filter(position=2).update(missed_at=None)
    assert "has 3 answers, but 4 are counted" in "\n".join(
        find_problems(limited.participant.survey)
    )


def test_an_answer_before_the_least_time_is_asked_for_again(tmp_path):
    task = LIMIT.replace("limit_seconds = 10", "minimum_seconds = 5")
    visitor = Visitor(make_task_survey(tmp_path, task).slug)
    visitor.go_to("trial")
    assert visitor.answer().status_code == 400
    assert "look a little longer" in visitor.text
    assert 'data-minimum-seconds="5"' in visitor.text
    age(1, 6)
    visitor.answer()
    assert visitor.trial == 2


def test_pictures_that_vanish_say_that_they_need_javascript(tmp_path):
    task = LIMIT.replace("limit_seconds = 10", "present_ms = 200")
    visitor = Visitor(make_task_survey(tmp_path, task).slug)
    visitor.go_to("trial")
    assert 'data-present-ms="200"' in visitor.text
    assert re.search(r"<noscript>.*needs JavaScript", visitor.text)


def test_options_that_are_given_keep_their_order_and_those_drawn_do_not(tmp_path):
    task = LIMIT.replace("limit_seconds = 10\n", "") + 'order = "fixed"\ncant_tell = true\n'
    survey = make_task_survey(tmp_path, task, n=8)
    Visitor(survey.slug).go_to("trial")
    fixed = ["query_a", "query_b", "cant_tell"]
    assert [trial.options for trial in Trial.objects.all()] == [fixed] * 8


def test_practice_shows_the_right_picture(tmp_path):
    visitor = Visitor(make_task_survey(tmp_path, more="practice = 1\n").slug)
    visitor.go_to("practice")
    item = Item.objects.get(is_example=True)
    chosen = visitor.images[-2:]
    visitor.send(answer="1")
    key = Stimulus.objects.get(item=item, kind=item.key).file_name
    assert ("Yes, that is right" in visitor.text) == chosen[0].endswith(key)
    assert key in visitor.text
    assert "model’s answer" not in visitor.text
