"""Blocks and sequences: every item equally often in each block and each condition."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.protocol.design.blocks import Block, Within
from surveys.protocol.design.sizes import block_sizes, find_shortages
from surveys.protocol.design.williams import n_rows
from surveys.protocol.item_draw import ItemDraw, StratumCounts
from surveys.protocol.schema import Protocol, ProtocolCondition
from surveys.randomisation.blocks import deal_blocks
from surveys.randomisation.trials import Deck, draw_trials

NAMES = ("gradcam", "pv", "none", "occlusion", "lime")


def protocol_of(n_conditions=2, **more):
    names = NAMES[:n_conditions]
    conditions = tuple(map(ProtocolCondition, names))
    fields = {"within": Within(conditions=names)} | more
    return Protocol("s", "S", "x", 3, conditions=conditions, **fields)


def strata_of(n_wrong, n_right):
    return {
        f"item-{n:02d}": "model_wrong" if n < n_wrong else "model_right"
        for n in range(n_wrong + n_right)
    }


def deal(protocol, strata, arm, place, seed=3):
    return deal_blocks(strata, [], protocol, arm.name, place, place, seed)


@given(st.integers(2, 5), st.integers(0, 9), st.integers(1, 9), st.integers(1, 40))
@settings(max_examples=40, deadline=None)
def test_people_at_one_place_of_all_groups_see_each_item_equally_often_in_each_condition(
    n_conditions, n_wrong, n_right, place
):
    strata = strata_of(n_wrong, n_right + n_conditions)
    protocol = protocol_of(n_conditions)
    assert len(protocol.groups) == n_rows(n_conditions)
    shown = Counter(
        (item, block.condition)
        for arm in protocol.groups
        for block in deal(protocol, strata, arm, place)
        for item in block.items
    )
    times = len(protocol.groups) // n_conditions
    assert shown == {(item, name): times for item in strata for name in NAMES[:n_conditions]}


@given(st.integers(1, 40), st.integers(0, 2**53))
@settings(max_examples=40, deadline=None)
def test_nobody_has_an_item_twice_and_parts_are_as_equal_as_they_can_be(place, seed):
    strata = strata_of(5, 8)
    protocol = protocol_of(3)
    blocks = deal(protocol, strata, protocol.groups[0], place, seed)
    items = [item for block in blocks for item in block.items]
    assert sorted(items) == sorted(strata)
    assert {len(block.items) for block in blocks} == {4, 5}
    for stratum in ("model_wrong", "model_right"):
        counts = [sum(strata[item] == stratum for item in block.items) for block in blocks]
        assert max(counts) - min(counts) <= 1


SIZES = st.lists(
    st.one_of(
        st.integers(1, 6),
        st.just("rest"),
        st.builds(StratumCounts, st.integers(0, 3), st.integers(1, 3)),
    ),
    min_size=1,
    max_size=5,
)


@given(SIZES, st.integers(1, 12), st.integers(1, 12))
@settings(max_examples=200, deadline=None)
def test_blocks_get_what_they_ask_for_wherever_nothing_is_short(sizes, n_wrong, n_right):
    blocks = [Block(f"b{n}", items=size) for n, size in enumerate(sizes)]
    there = {"model_right": n_right, "model_wrong": n_wrong}
    if any(find_shortages(blocks, there)):
        return
    given_out = block_sizes(blocks, there)
    for block, size in zip(blocks, given_out, strict=True):
        if isinstance(block.items, int):
            assert sum(size.values()) == block.items
        elif isinstance(block.items, StratumCounts):
            assert size == block.items.by_stratum
        else:
            assert sum(size.values()) > 0
    totals = Counter()
    for size in given_out:
        totals.update(size)
    assert all(totals[stratum] <= count for stratum, count in there.items())
    assert ("rest" not in sizes) or totals == there


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 4), st.integers(0, 2**53))
@settings(max_examples=40, deadline=None)
def test_over_all_turns_each_item_is_asked_about_equally_often_in_each_block(
    first, second, spare, seed
):
    strata = strata_of(0, first + second + spare)
    blocks = (Block("a", items=first), Block("b", items=second))
    protocol = protocol_of(1, within=Within(), blocks=blocks)
    total, n = first + second, len(strata)
    people = n * total
    asked = Counter(
        (block.name, item)
        for place in range(1, people + 1)
        for block in deal(protocol, strata, protocol.groups[0], place, seed)
        for item in block.items
    )
    for name, size in (("a", first), ("b", second)):
        counts = {asked[name, item] for item in strata}
        assert counts == {size * people // n}


@given(st.integers(2, 8), st.integers(2, 8), st.integers(0, 30))
@settings(max_examples=40, deadline=None)
def test_a_drawn_part_of_a_set_is_used_equally_often_at_any_moment(size, n_items, people):
    size = min(size, n_items)
    strata = strata_of(0, n_items)
    protocol = protocol_of(2, items=ItemDraw(per_participant=size))
    counts = Counter(
        item
        for place in range(1, people + 1)
        for block in deal(protocol, strata, protocol.groups[0], place)
        for item in block.items
    )
    used = [counts[item] for item in strata]
    assert sum(used) == people * size
    assert max(used) - min(used) <= 1


def test_three_hundred_people_at_once_differ_by_at_most_one_for_each_item_and_condition():
    strata = strata_of(20, 20)
    protocol = protocol_of(2, items=ItemDraw(strata=StratumCounts(8, 8), conditions="crossed"))
    shown = Counter(
        (item, block.condition)
        for number in range(300)
        for block in deal(protocol, strata, protocol.groups[number % 2], number // 2 + 1)
        for item in block.items
    )
    counts = [shown[item, name] for item in strata for name in NAMES[:2]]
    assert sum(counts) == 300 * 16
    assert max(counts) - min(counts) <= 1


def test_a_random_order_follows_from_seed_and_number_and_comes_in_every_order():
    strata = strata_of(3, 3)
    protocol = protocol_of(3, within=Within(conditions=NAMES[:3], order="random"))
    [arm] = protocol.groups
    assert arm.name == "gradcam+pv+none"
    orders = {
        tuple(block.condition for block in deal_blocks(strata, [], protocol, arm.name, n, n, 3))
        for n in range(1, 60)
    }
    assert len(orders) == 6


@pytest.mark.parametrize("order", ["random", "fixed", "balanced"])
def test_questions_keep_to_their_blocks_in_every_question_order(order):
    strata = strata_of(4, 4)
    options = {name: ["a", "b", "c", "d"] for name in strata}
    protocol = replace(protocol_of(2), question_order=order)
    drawn = draw_trials(Deck(options, {}, strata), protocol, 3, 5, 2, protocol.groups[1].name)
    assert [trial.block for trial in drawn] == ["part_1"] * 4 + ["part_2"] * 4
    assert [trial.condition for trial in drawn] == ["pv"] * 4 + ["gradcam"] * 4
    if order == "fixed":
        names = [trial.item for trial in drawn]
        assert names == sorted(names[:4]) + sorted(names[4:])


def test_blocks_about_examples_take_the_last_ones_before_those_for_practice():
    blocks = (Block("learn", items=2, pool="examples"), Block("ask"))
    protocol = protocol_of(1, within=Within(), blocks=blocks, practice=1)
    examples = [f"example-{n}" for n in range(5)]
    dealt = deal_blocks(strata_of(2, 2), examples, protocol, "gradcam", 1, 1, 3)
    assert dealt[0].items == ["example-2", "example-3"]
