"""Items that were shown least come next, in each condition, also after people left."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.checks.stored_data import find_problems
from surveys.errors import ProtocolError
from surveys.models import Assignment, Participant, Survey, Trial
from surveys.protocol.design.blocks import Within
from surveys.protocol.item_draw import ItemDraw, StratumCounts
from surveys.protocol.schema import Protocol, ProtocolCondition
from surveys.randomisation.least_shown import add_draw, choose_fewest, draw_least_shown
from tests.factories import make_survey
from tests.surveys.participation.test_query_counts import MOST, CountingVisitor
from tests.surveys.visitor import Visitor

NAMES = ("gradcam", "pv", "none")
PART = '[items]\nper_participant = 3\nbalance = "least_shown"\n'
CROSSED = (
    '[items]\nper_participant = 2\nbalance = "least_shown"\nconditions = "crossed"\n'
    '[within]\nconditions = ["gradcam", "pv"]\norder = "random"\n'
)


def protocol_of(n_conditions, **draw):
    """Return a study of one group: each participant sees all conditions."""
    names = NAMES[:n_conditions]
    within = Within(conditions=names, order="random") if n_conditions > 1 else Within()
    items = ItemDraw(balance="least_shown", **draw)
    conditions = tuple(map(ProtocolCondition, names))
    return Protocol("s", "S", "x", 3, conditions=conditions, within=within, items=items)


def strata_of(n_wrong, n_right):
    return {
        f"item-{n:02d}": "model_wrong" if n < n_wrong else "model_right"
        for n in range(n_wrong + n_right)
    }


def showings(protocol, strata, people):
    """Return the counts after that many people at once, and the largest gap at any moment."""
    group, index = protocol.groups[0].name, {name: place for place, name in enumerate(strata)}
    counts, gaps = {}, [0]
    for number in range(1, people + 1):
        drawn = draw_least_shown(strata, protocol, group, number, 3, counts)
        items = [name for part in drawn for name in part["items"]]
        assert len(set(items)) == len(items)
        add_draw(protocol, index, drawn, counts)
        for shown in counts.values():
            for stratum in set(strata.values()):
                each = [shown[index[name]] for name in strata if strata[name] == stratum]
                gaps.append(max(each) - min(each))
    return counts, max(gaps)


def test_three_hundred_people_at_once_differ_by_at_most_one_for_each_item_and_condition():
    draw = {"strata": StratumCounts(8, 8), "conditions": "crossed"}
    counts, gap = showings(protocol_of(2, **draw), strata_of(20, 20), 300)
    assert gap <= 1
    # Four of each stratum in each condition, of twenty.
    assert counts == {"gradcam": [60] * 40, "pv": [60] * 40}


@given(st.integers(1, 2), st.integers(2, 9), st.integers(1, 9), st.integers(1, 30))
@settings(max_examples=30, deadline=None)
def test_at_any_moment_showings_differ_by_at_most_one_in_one_or_two_conditions(
    n_conditions, n_items, size, people
):
    draw = {"per_participant": max(n_conditions, min(size, n_items))}
    if n_conditions > 1:
        draw["conditions"] = "crossed"
    assert showings(protocol_of(n_conditions, **draw), strata_of(0, n_items), people)[1] <= 1


@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 25))
@settings(max_examples=20, deadline=None)
def test_so_they_do_in_three_conditions_whose_share_divides_the_set(share, times, people):
    protocol = protocol_of(3, per_participant=3 * share, conditions="crossed")
    assert showings(protocol, strata_of(0, 3 * share * times), people)[1] <= 1


def test_what_was_shown_least_is_chosen_even_where_blocks_must_hand_names_over():
    counts = [{"a": 0, "b": 1, "c": 1}, {"a": 0, "b": 9, "c": 0}]
    assert choose_fewest(["a", "b", "c"], [1, 1], counts) == [["a"], ["c"]]
    counts = [{"a": 0, "b": 1, "c": 5}, {"a": 0, "b": 9, "c": 9}]
    assert choose_fewest(["a", "b", "c"], [1, 1], counts) == [["b"], ["a"]]


@pytest.mark.parametrize(("more", "n"), [(PART, 3), (CROSSED, 2)])
def test_a_study_draws_what_was_shown_least_and_the_ledger_gives_it_again(db, tmp_path, more, n):
    survey = make_survey(tmp_path, n_wrong=2, n_right=4, more=more)
    people = [CountingVisitor(survey.slug) for _ in range(4)]
    for visitor in people:
        visitor.begin()
    assert max(count for visitor in people for count, _, _ in visitor.counts) <= MOST
    problems = list(find_problems(Survey.objects.get()))
    assert problems == []
    shown = Counter(
        (trial.shown_to(trial.participant), trial.item.name)
        for trial in Trial.objects.select_related("participant__condition", "item")
    )
    assert shown.total() == 4 * n
    assert set(shown.values()) == {1}
    for line in Assignment.objects.all():
        given_out = {name for part in line.drawn for name in part["items"]}
        trials = Trial.objects.filter(participant__number=line.number)
        assert given_out == set(trials.values_list("item__name", flat=True))


def test_who_left_makes_room_for_others_with_the_same_items(db, tmp_path):
    survey = make_survey(tmp_path, n_wrong=2, n_right=2, more=PART.replace("3", "2"))
    people = [Visitor(survey.slug) for _ in range(4)]
    for visitor in people:
        visitor.begin()
    left = people[0].participant
    of_left = set(left.trials.values_list("item__name", flat=True))
    long_ago = timezone.now() - timedelta(hours=2)
    Participant.objects.filter(pk=left.pk).update(last_active_at=long_ago)
    late = Visitor(survey.slug)
    late.begin()
    assert late.participant.condition == left.condition
    assert set(late.participant.trials.values_list("item__name", flat=True)) == of_left
    assert not any("ledger" in problem for problem in find_problems(Survey.objects.get()))


def test_items_that_do_not_follow_from_the_counts_are_found(db, tmp_path):
    survey = make_survey(tmp_path, n_wrong=3, n_right=3, more=PART)
    Visitor(survey.slug).begin()
    line = Assignment.objects.get()
    wrong = [{**line.drawn[0], "items": line.drawn[0]["items"][:-1]}]
    Assignment.objects.filter(pk=line.pk)._raw_delete("default")
    Assignment.objects.create(
        survey=survey,
        number=line.number,
        condition=line.condition,
        place=line.place,
        drawn=wrong,
        exposure={"": [1] * 6},
        at=line.at,
    )
    problems = list(find_problems(Survey.objects.get()))
    assert "Number 1 of the ledger counts items as shown that were never given." in problems
    assert "Number 1 of the ledger has other items than its counts and the seed give." in problems


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('[items]\nbalance = "least_shown"', "needs a part of the set for each participant"),
        ('[items]\nconditions = "crossed"', "or with items.balance = 'least_shown'"),
    ],
)
def test_a_balance_without_anything_to_balance_is_refused(db, tmp_path, more, words):
    with pytest.raises(ProtocolError, match=words):
        make_survey(tmp_path, more=more)
