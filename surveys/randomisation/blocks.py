"""Deals each participant's items to the blocks of a study, every item equally often to each.

Within a group, the participants at places 1, 2, 3, ... take stretches of a seeded order of each
stratum's items, round and round, as in `item_draws`; the blocks cut a stretch into pieces, and take
turns at where they begin. So over all turns each item is asked about equally often in each block,
and people at the same place of each group have the same items in the same blocks. Where the groups
are the rows of a Williams design, each item has then come equally often in each condition.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import gcd, lcm

from surveys.protocol.design.groups import asking_parts, conditions_of_parts, pool_of
from surveys.protocol.design.sizes import available, block_sizes, example_sizes
from surveys.protocol.schema import Protocol
from surveys.randomisation.seeds import seeded_order


@dataclass(frozen=True)
class DealtBlock:
    """A block with its condition and items, in no particular order."""

    name: str
    condition: str
    pool: str
    items: list[str]


def deal_blocks(
    strata: Mapping[str, str],
    examples: Sequence[str],
    protocol: Protocol,
    group: str,
    number: int,
    place: int,
    seed: int,
    drawn: Mapping[str, list[str]] | None = None,
) -> list[DealtBlock]:
    """Return the blocks of the participant with that number, at that place of a group.

    `strata` maps each item's name to its stratum, in the set's order; `examples` are the names of
    the set's examples. `drawn` has each block's items where they were drawn by exposure.
    """
    parts = protocol.parts
    dealt = dict(_deal_examples(protocol, examples))
    dealt |= _deal_items(strata, protocol, place, seed) if drawn is None else drawn
    own, sequence = shown_in(protocol, group, number, seed)
    conditions = conditions_of_parts(parts, own, sequence)
    return [
        DealtBlock(part.name, condition, pool_of(protocol, part), dealt[part.again or part.name])
        for part, condition in zip(parts, conditions, strict=True)
    ]


def _deal_items(
    strata: Mapping[str, str], protocol: Protocol, place: int, seed: int
) -> dict[str, list[str]]:
    """The items of each block that asks about items of its own, by the place in the group."""
    of_items = asking_parts(protocol, "items")
    dealt: dict[str, list[str]] = {part.name: [] for part in of_items}
    pools = pools_of(strata, protocol)
    counts = {stratum: len(names) for stratum, names in pools.items()}
    sizes = block_sizes(of_items, available(protocol, counts))
    for stratum, names in pools.items():
        wanted = [size.get(stratum, 0) for size in sizes]
        for part, piece in zip(of_items, _pieces(names, wanted, seed, stratum, place - 1),
                               strict=True):  # fmt: skip
            dealt[part.name] += piece
    return dealt


def pools_of(strata: Mapping[str, str], protocol: Protocol) -> dict[str, list[str]]:
    """Return the items by stratum; all under "" where [items] draws without regard to strata."""
    if protocol.items.is_partial and protocol.items.from_all:
        return {"": list(strata)}
    pools: dict[str, list[str]] = {}
    for name, stratum in strata.items():
        pools.setdefault(stratum, []).append(name)
    return dict(sorted(pools.items()))


def _deal_examples(protocol: Protocol, examples: Sequence[str]) -> list[tuple[str, list[str]]]:
    """The last examples before those for practice, so that introductions can show the first."""
    asking = asking_parts(protocol, "examples")
    free = len(examples) - protocol.practice
    sizes = example_sizes(protocol, len(examples))
    first, dealt = free - sum(sizes), []
    for part, size in zip(asking, sizes, strict=True):
        dealt.append((part.name, list(examples[first : first + size])))
        first += size
    return dealt


def _pieces(
    names: Sequence[str], sizes: Sequence[int], seed: int, stratum: str, index: int
) -> list[list[str]]:
    """The items of one stratum for each block, of the person at this place, from 0."""
    total = sum(sizes)
    if not total or not names:
        return [[] for _ in sizes]
    # After this number of people every item was used equally often, and the blocks take a turn.
    people = lcm(len(names), total) // total
    turn, row = divmod(index, people)
    cycle, turn = divmod(turn, total)
    order = seeded_order(names, seed, "dealing", stratum, cycle)
    first = _first_of_turn(turn, sizes, total)
    stretch = [order[(row * total + (step + first) % total) % len(order)] for step in range(total)]
    ends = [sum(sizes[: count + 1]) for count in range(len(sizes))]
    return [stretch[end - size : end] for end, size in zip(ends, sizes, strict=True)]


def _first_of_turn(turn: int, sizes: Sequence[int], total: int) -> int:
    """Where in a stretch the first block begins: steps of its size, then one further on.

    Over `total` turns, each beginning comes once.
    """
    step = next(size for size in sizes if size)
    turns = total // gcd(total, step)
    return (turn * step + turn // turns) % total


def shown_in(protocol: Protocol, group: str, number: int, seed: int) -> tuple[str, Sequence[str]]:
    """What a group's own blocks show, and the sequence of the participant with that number."""
    found = next(each for each in protocol.groups if each.name == group)
    drawn = seeded_order(protocol.within.conditions, seed, number, "sequence")
    return found.own, found.sequence or drawn
