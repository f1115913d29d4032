"""Draws the items that were shown least, for each block of a participant's study.

Showings are counted for each block, within the participant's group, or, where items are crossed
with conditions, for each condition, over all groups. What is drawn has the fewest showings in all
that a participant can have who sees no item twice; among such draws, that whose items have the
fewest showings in all blocks, and among those the seed decides.

So at any moment showings differ by at most one if there is one block, or two, or if each
block's number of items divides that of its stratum. Otherwise they may differ by two for a while.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from surveys.protocol.design.groups import asking_parts, conditions_of_parts
from surveys.protocol.design.sizes import available, block_sizes
from surveys.protocol.schema import Protocol
from surveys.randomisation.blocks import pools_of, shown_in
from surveys.randomisation.seeds import seeded_order


class DrawnPart(TypedDict):
    """What one block asks about; a study without blocks has one, without name and condition."""

    block: str
    condition: str
    items: list[str]


# How often each item was shown, in the set's order, by block or condition.
Exposure = Mapping[str, Sequence[int]]


def count_exposure(
    protocol: Protocol, names: Sequence[str], draws: Iterable[Sequence[DrawnPart]]
) -> dict[str, list[int]]:
    """Return how often each item is in the draws, by block or, if crossed, by condition."""
    index = {name: place for place, name in enumerate(names)}
    counts: dict[str, list[int]] = {}
    for draw in draws:
        add_draw(protocol, index, draw, counts)
    return counts


def add_draw(
    protocol: Protocol,
    index: Mapping[str, int],
    draw: Sequence[DrawnPart],
    counts: dict[str, list[int]],
) -> None:
    """Count the items of one draw, too. `index` has each item's place in the set, from 0."""
    for part in draw:
        of_part = counts.setdefault(_key(protocol, part), [0] * len(index))
        for name in part["items"]:
            of_part[index[name]] += 1


def draw_least_shown(
    strata: Mapping[str, str],
    protocol: Protocol,
    group: str,
    number: int,
    seed: int,
    exposure: Exposure,
) -> list[DrawnPart]:
    """Return what the participant with that number is asked about.

    `strata` maps each item's name to its stratum, in the set's order.
    """
    drawn = _empty_parts(protocol, group, number, seed)
    counts = [
        dict(zip(strata, exposure.get(_key(protocol, part), [0] * len(strata)), strict=True))
        for part in drawn
    ]
    pools = pools_of(strata, protocol)
    sizes = _sizes(protocol, {stratum: len(names) for stratum, names in pools.items()})
    for stratum, names in pools.items():
        order = seeded_order(names, seed, number, "least_shown", stratum)
        wanted = [size.get(stratum, 0) for size in sizes]
        for part, items in zip(drawn, choose_fewest(order, wanted, counts), strict=True):
            part["items"] += items
    place = {name: index for index, name in enumerate(strata)}
    for part in drawn:
        part["items"].sort(key=place.__getitem__)
    return drawn


def choose_fewest(
    names: Sequence[str], sizes: Sequence[int], counts: Sequence[Mapping[str, int]]
) -> list[list[str]]:
    """Return for each block as many names as it takes, none twice, with the fewest showings.

    Among equals, names that come first are preferred. A flow of least cost: each block takes one
    name after another, by the cheapest chain in which blocks hand names over.
    """
    prices = _prices(names, counts)
    owner: dict[str, int] = {}
    for block, size in enumerate(sizes):
        for _ in range(min(size, len(names) - len(owner))):
            _take_one(block, names, prices, owner)
    return [[name for name in names if owner.get(name) == block] for block in range(len(sizes))]


def _prices(names: Sequence[str], counts: Sequence[Mapping[str, int]]) -> list[dict[str, int]]:
    """What a name costs each block: first its own count, then that of all blocks, then the order.

    No sum of a later ground reaches a difference in an earlier one.
    """
    totals = {name: sum(count[name] for count in counts) for name in names}
    by_total = len(names) ** 2 + 1
    by_count = by_total * (max(totals.values(), default=0) + 1) * (len(names) + 1)
    return [
        {
            name: count[name] * by_count + totals[name] * by_total + rank
            for rank, name in enumerate(names)
        }
        for count in counts
    ]


def _take_one(
    block: int, names: Sequence[str], prices: Sequence[Mapping[str, int]], owner: dict[str, int]
) -> None:
    """Give the block one name more; others may hand theirs over and take another."""
    cost, handed = _cheapest_chains(block, prices, owner)
    free = [name for name in names if name not in owner]
    _, last, name = min(
        (spent + prices[taker][name], taker, name) for taker, spent in cost.items() for name in free
    )
    while last != block:
        owner[name] = last
        name, last = handed[last]
    owner[name] = block


def _cheapest_chains(
    block: int, prices: Sequence[Mapping[str, int]], owner: Mapping[str, int]
) -> tuple[dict[int, int], dict[int, tuple[str, int]]]:
    """What it costs that another block hands a name over, by the block that needs one instead.

    Also which name that block gives to which. Bellman and Ford's rule over the blocks.
    """
    cost: dict[int, int] = {block: 0}
    handed: dict[int, tuple[str, int]] = {}
    has_changed = True
    while has_changed:
        has_changed = False
        for name, giver in owner.items():
            for taker in sorted(cost.keys() - {giver}):
                spent = cost[taker] + prices[taker][name] - prices[giver][name]
                if giver not in cost or spent < cost[giver]:
                    cost[giver], handed[giver] = spent, (name, taker)
                    has_changed = True
    return cost, handed


def _empty_parts(protocol: Protocol, group: str, number: int, seed: int) -> list[DrawnPart]:
    if not protocol.parts:
        return [DrawnPart(block="", condition="", items=[])]
    own, sequence = shown_in(protocol, group, number, seed)
    conditions = conditions_of_parts(protocol.parts, own, sequence)
    by_name = {part.name: each for part, each in zip(protocol.parts, conditions, strict=True)}
    return [
        DrawnPart(block=part.name, condition=by_name[part.name], items=[])
        for part in asking_parts(protocol, "items")
    ]


def _sizes(protocol: Protocol, counts: Mapping[str, int]) -> list[dict[str, int]]:
    """How many items of each stratum each block takes."""
    if not protocol.parts:
        return [protocol.items.sizes]
    return block_sizes(asking_parts(protocol, "items"), available(protocol, counts))


def _key(protocol: Protocol, part: DrawnPart) -> str:
    return part["condition"] if protocol.items.is_crossed else part["block"]
