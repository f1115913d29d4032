"""Which condition a participant is assigned to."""

from collections.abc import Sequence


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
