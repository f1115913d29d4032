"""Draws each participant's part of a stimulus set, equally often every item.

Within a condition, the participants at places 1, 2, 3, ... take consecutive stretches of a seeded
order of the items, round and round. So at any moment no item of a stratum has been given more than
once oftener than another, and people at the same place of each condition are asked about the same
items. When every item has been given equally often at the end of a stretch, a new order begins.
"""

from collections.abc import Mapping, Sequence
from math import lcm

from surveys.protocol.item_draw import ItemDraw
from surveys.randomisation.seeds import seeded_order


def drawn_items(strata: Mapping[str, str], rule: ItemDraw, seed: int, place: int) -> list[str]:
    """The names of the items that the participant at a place is asked about, in the set's order.

    `strata` maps each item's name to its stratum, in the set's order; `place` counts from 1 within
    the condition.
    """
    pools = {"": list(strata)} if rule.from_all else _by_stratum(strata)
    drawn = set[str]()
    for stratum, size in rule.sizes.items():
        drawn.update(_stretch(pools.get(stratum, []), size, seed, stratum, place - 1))
    return [name for name in strata if name in drawn]


def _by_stratum(strata: Mapping[str, str]) -> dict[str, list[str]]:
    pools: dict[str, list[str]] = {}
    for name, stratum in strata.items():
        pools.setdefault(stratum, []).append(name)
    return pools


def _stretch(names: Sequence[str], size: int, seed: int, stratum: str, index: int) -> list[str]:
    if not names or not size:
        return []
    # After this number of people, every item of an order was used equally often.
    people = lcm(len(names), size) // size
    cycle, row = divmod(index, people)
    order = seeded_order(names, seed, "items", stratum, cycle)
    return [order[(row * size + step) % len(order)] for step in range(size)]
