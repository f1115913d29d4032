"""Many people at once: numbers without gaps, even conditions, one answer for each question."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from threading import Barrier, Thread

import pytest
from django.db import connections

from surveys.checks.stored_data import find_problems
from surveys.models import Participant, Response, Survey
from tests.factories import make_survey
from tests.surveys.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """What is held here is order, not speed: on a busy machine locks may take their time."""
    options = connections.settings["default"].get("OPTIONS", {})
    if "options" in options:
        monkeypatch.setitem(options, "options", "")


def at_once(actions: list[Callable[[], object]]) -> list[object]:
    """Run the actions in threads that start together; returns what they returned or raised."""
    barrier, results = Barrier(len(actions)), []

    def run(action: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results.append(action())
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[action]) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


RULES = {
    "round_robin": "",
    "least_filled": '[assignment]\nmode = "least_filled"',
    "permuted_blocks": '[assignment]\nmode = "permuted_blocks"\nblock_sizes = [3]',
}


@pytest.mark.parametrize("mode", RULES)
def test_people_who_agree_at_once_are_spread_evenly(tmp_path, mode):
    """In twenty threads, since a database limits its connections."""
    n, conditions = 60, ("gradcam", "pv", "none")
    survey = make_survey(tmp_path, conditions=conditions, more=RULES[mode])
    visitors = [Visitor(survey.slug) for _ in range(n)]

    def agree_all(group):
        return [visitor.agree().status_code for visitor in group]

    groups = [visitors[start::20] for start in range(20)]
    results = at_once([partial(agree_all, group) for group in groups])
    assert results == [[200] * (n // 20)] * 20
    numbers = Participant.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, n + 1))
    counts = Counter(Participant.objects.values_list("condition__name", flat=True))
    assert set(counts) == set(conditions)
    assert max(counts.values()) - min(counts.values()) <= 1
    assert list(find_problems(Survey.objects.get())) == []


def test_people_who_agree_at_once_take_no_more_places_than_there_are(tmp_path):
    survey = make_survey(tmp_path, more="[assignment]\nplaces = 5")
    visitors = [Visitor(survey.slug) for _ in range(12)]
    for visitor in visitors:
        visitor.arrive()
    at_once([visitor.send_consent for visitor in visitors])
    assert Participant.objects.exclude(number=None).count() == 5
    assert Participant.objects.filter(turned_away="full").count() == 7
    assert list(find_problems(Survey.objects.get())) == []


def test_one_person_who_agrees_many_times_at_once_takes_part_once(tmp_path):
    visitor = Visitor(make_survey(tmp_path).slug)
    visitor.arrive()
    form = {**visitor.form.values, "agree": "yes"}
    results = at_once([lambda: visitor.browser.post(visitor.url(), form)] * 8)
    assert [getattr(result, "status_code", result) for result in results] == [302] * 8
    assert Participant.objects.count() == 1
    results = at_once([lambda: visitor.browser.get(visitor.url("assignment/"))] * 8)
    assert [getattr(result, "status_code", result) for result in results] == [302] * 8
    assert Survey.objects.get().assigned == 1
    assert list(find_problems(Survey.objects.get())) == []


def test_one_question_answered_in_many_tabs_at_once_gets_one_answer(tmp_path):
    visitor = Visitor(make_survey(tmp_path).slug)
    visitor.begin()
    address = visitor.form.action
    forms = [visitor.filled_form(choice) for choice in range(5)]
    results = at_once([partial(visitor.browser.post, address, form) for form in forms])
    statuses = Counter(getattr(result, "status_code", result) for result in results)
    assert statuses == {200: 1, 409: 4}
    assert Response.objects.count() == 1
    assert Participant.objects.get().n_answered == 1
    assert list(find_problems(Survey.objects.get())) == []
