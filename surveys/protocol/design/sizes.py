"""How many items of each stratum each block asks about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING

from surveys.protocol.design.blocks import REST, Block
from surveys.protocol.design.groups import asking_parts
from surveys.protocol.item_draw import StratumCounts

if TYPE_CHECKING:
    from surveys.protocol.schema import Protocol

# The number of items by stratum; examples are all under "".
Counts = Mapping[str, int]


@dataclass(frozen=True)
class Shortage:
    """A block that asks for more than there is."""

    # From 0, among the blocks; and the stratum, if one is named.
    block: int
    stratum: str
    wanted: int
    # What earlier blocks leave.
    left: int


def block_sizes(blocks: Sequence[Block], there: Counts) -> list[dict[str, int]]:
    """Return how many items each block takes of each stratum.

    Tables of strata come first, then numbers, in proportion to what is left of the strata; blocks
    with "rest" share the remainder as equally as it goes. `find_shortages` says what does not fit.
    """
    left, sizes = dict(there), [dict[str, int]() for _ in blocks]
    for index, block in enumerate(blocks):
        if isinstance(block.items, StratumCounts):
            sizes[index] = _take(left, block.items.by_stratum)
    for index, block in enumerate(blocks):
        if isinstance(block.items, int):
            sizes[index] = _take(left, proportional(block.items, left))
    rest = [index for index, block in enumerate(blocks) if block.items == REST]
    for index, share in zip(rest, equal_shares(left, len(rest)), strict=True):
        sizes[index] = share
    return sizes


def find_shortages(blocks: Sequence[Block], there: Counts) -> Iterator[Shortage]:
    """Yield each block that cannot have what it asks for; after these, one may have nothing."""
    left = dict(there)
    for index, block in enumerate(blocks):
        if isinstance(block.items, StratumCounts):
            for stratum, wanted in block.items.by_stratum.items():
                if wanted > left.get(stratum, 0):
                    yield Shortage(index, stratum, wanted, left.get(stratum, 0))
            _take(left, block.items.by_stratum)
    for index, block in enumerate(blocks):
        if isinstance(block.items, int):
            total = sum(left.values())
            if block.items > total:
                yield Shortage(index, "", block.items, total)
            _take(left, proportional(block.items, left))
    rest = [index for index, block in enumerate(blocks) if block.items == REST]
    for index, share in zip(rest, equal_shares(left, len(rest)), strict=True):
        if not sum(share.values()):
            yield Shortage(index, "", 1, 0)


def proportional(total: int, there: Counts) -> dict[str, int]:
    """Split a number in proportion to counts, by largest remainders; no more than there is."""
    everything = sum(there.values())
    if total >= everything:
        return dict(there)
    exact = {stratum: total * count / everything for stratum, count in there.items()}
    shares = {stratum: floor(part) for stratum, part in exact.items()}
    by_remainder = sorted(exact, key=lambda stratum: shares[stratum] - exact[stratum])
    for stratum in by_remainder[: total - sum(shares.values())]:
        shares[stratum] += 1
    return shares


def equal_shares(there: Counts, n: int) -> list[dict[str, int]]:
    """Split counts into n shares whose totals, and whose counts, differ by at most one."""
    shares = [dict[str, int]() for _ in range(n)]
    first = 0
    for stratum, count in there.items() if n else ():
        each, more = divmod(count, n)
        for index in range(n):
            # The surplus of a stratum goes where that of the one before ended.
            shares[index][stratum] = each + int((index - first) % n < more)
        first = (first + more) % n
    return shares


def available(protocol: "Protocol", strata: Counts) -> dict[str, int]:
    """Return how many items of each stratum of a set a participant can be asked about.

    Under "" alone where [items] draws without regard to strata.
    """
    draw = protocol.items
    if draw.is_partial and draw.from_all:
        return {"": draw.per_participant}
    counts = draw.sizes if draw.is_partial else strata
    return {stratum: counts[stratum] for stratum in sorted(counts) if counts[stratum]}


def n_asked(protocol: "Protocol", strata: Counts, n_examples: int) -> int:
    """Return how many questions each participant is asked, without checks and repeats."""
    if not protocol.parts:
        return protocol.items.n_of(sum(strata.values()))
    of_items = asking_parts(protocol, "items")
    sizes = block_sizes(of_items, available(protocol, strata))
    counts = [sum(size.values()) for size in sizes]
    by_name = {part.name: count for part, count in zip(of_items, counts, strict=True)}
    of_examples = asking_parts(protocol, "examples")
    shares = example_sizes(protocol, n_examples)
    by_name |= {part.name: count for part, count in zip(of_examples, shares, strict=True)}
    return sum(by_name[part.again or part.name] for part in protocol.parts)


def n_examples_asked(protocol: "Protocol", n_examples: int) -> int:
    """Return how many examples the blocks ask about."""
    return sum(example_sizes(protocol, n_examples))


def example_sizes(protocol: "Protocol", n_examples: int) -> list[int]:
    """Return how many examples each block takes that takes examples of its own."""
    asking = asking_parts(protocol, "examples")
    sizes = block_sizes(asking, {"": max(0, n_examples - protocol.practice)})
    return [sum(size.values()) for size in sizes]


def _take(left: dict[str, int], wanted: Counts) -> dict[str, int]:
    """Take as many as there are of what is wanted."""
    taken = {stratum: min(count, left.get(stratum, 0)) for stratum, count in wanted.items()}
    for stratum, count in taken.items():
        if stratum in left:
            left[stratum] -= count
    return taken
