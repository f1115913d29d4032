"""Which condition a participant is assigned to: the rules, from numbers and counts alone.

docs/assignment.md says when to use which.
"""

from collections.abc import Sequence
from fractions import Fraction

from surveys.randomisation.seeds import seeded_number, seeded_order


def round_robin(ratios: Sequence[int], number: int) -> int:
    """The index of the condition for the participant of that number, counted from 1.

    Conditions take turns. With unequal ratios the turns are spread out: after each participant, the
    condition that is furthest behind its share comes next, and among equals the first. So 2 : 1
    gives 0, 1, 0, and every count stays within one of its share.
    """
    cycle = sum(ratios)
    turn = (number - 1) % cycle
    given = [0] * len(ratios)
    for step in range(turn + 1):
        behind = [
            ratio * (step + 1) - count * cycle for ratio, count in zip(ratios, given, strict=True)
        ]
        chosen = behind.index(max(behind))
        given[chosen] += 1
    return chosen


def least_filled(ratios: Sequence[int], taken: Sequence[int], seed: int, number: int) -> int:
    """Return the index of the condition with the fewest places taken relative to its ratio.

    The seed and the participant's number break ties.
    """
    filled = [Fraction(count, ratio) for count, ratio in zip(taken, ratios, strict=True)]
    fewest = [str(index) for index, share in enumerate(filled) if share == min(filled)]
    return int(seeded_order(fewest, seed, number, "least_filled")[0])


def permuted_blocks(
    ratios: Sequence[int], block_sizes: Sequence[int], seed: int, number: int
) -> int:
    """Return the index of the condition at that number's place in a seeded sequence of blocks.

    The seed draws each block's size and the order of its conditions, which are in their ratio.
    """
    before, block = 0, 1
    while True:
        size = block_sizes[seeded_number(len(block_sizes), seed, "blocks", block, "size")]
        if number <= before + size:
            return _block(ratios, size, seed, block)[number - before - 1]
        before, block = before + size, block + 1


def _block(ratios: Sequence[int], size: int, seed: int, block: int) -> list[int]:
    rounds = size // sum(ratios)
    places = [
        f"{index}-{copy}"
        for index, ratio in enumerate(ratios)
        for copy in range(1, ratio * rounds + 1)
    ]
    order = seeded_order(places, seed, "blocks", block)
    return [int(place.split("-")[0]) for place in order]
