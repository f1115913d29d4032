"""The exact distribution of a sum of ranks, ties included."""

import numpy as np
from scipy import stats

from analysis.data.validation import require_known
from analysis.statistics.alternatives import ALTERNATIVES, Alternative

# The work of a table is the number of ranks times the size of the smaller group times the sums.
# This much takes a few seconds.
LARGEST_WORK = 3e9


def is_feasible(n_a: int, n_b: int) -> bool:
    """Whether the exact p of groups of these sizes is found within a few seconds."""
    return (n_a + n_b) * min(n_a, n_b) * n_a * n_b / 4 < LARGEST_WORK


def exact_p_value(
    a: np.ndarray, b: np.ndarray, alternative: Alternative, mid: bool = False
) -> float:
    """p of the rank sum of `a` over every way to divide all scores into groups of these sizes.

    Two-sided is the smaller of 1 and twice the smaller tail, as R's wilcox.test has it. `mid`
    counts the observed sum by half (Lancaster 1961): the test then errs in about 5 % of studies at
    5 % even where few sums are possible, but is no longer bound to err in at most 5 %. Raises
    ValueError for another alternative.
    """
    require_known("alternative", alternative, ALTERNATIVES)
    # Midranks are halves, so twice a midrank is a whole number; untied ranks need no doubling.
    doubled = np.rint(2 * stats.rankdata(np.concatenate([a, b]))).astype(int)
    ranks = doubled // np.gcd.reduce(doubled)
    # The smaller group has the smaller table; it ranks low where the larger one ranks high.
    small, is_a = (slice(len(a)), True) if len(a) <= len(b) else (slice(len(a), None), False)
    lower, upper, chance = _tails(ranks, int(ranks[small].sum()), min(len(a), len(b)))
    if not is_a:
        lower, upper = upper, lower
    half = chance / 2 if mid else 0.0
    lower, upper = lower - half, upper - half
    tail = {"less": lower, "greater": upper, "two-sided": 2 * min(lower, upper)}[alternative]
    return min(1.0, tail)


def _tails(ranks: np.ndarray, observed: int, size: int) -> tuple[float, float, float]:
    """Chances of a sum of `size` ranks of at most and at least the observed, and of just it.

    Only the nearer tail is computed: from the top down where the sum is high.
    """
    total = int(ranks.sum())
    if 2 * observed * len(ranks) > 2 * total * size:
        mirrored = ranks.max() + ranks.min() - ranks
        upper, lower, chance = _tails(
            mirrored, int(size * (ranks.max() + ranks.min())) - observed, size
        )
        return lower, upper, chance
    chances = rank_sum_chances(ranks, size, observed)
    chance, lower = float(chances[observed]), float(chances.sum())
    return lower, 1 - lower + chance, chance


def rank_sum_chances(ranks: np.ndarray, size: int, most: int | None = None) -> np.ndarray:
    """Probability of each sum, from 0, of `size` of the whole-numbered `ranks` drawn at random.

    Sums up to `most`, or all. The shift algorithm of Streitberg and Roehmel (1986): a table of the
    number of subsets by size and sum, to which one rank is added at a time. Held as shares of all
    subsets, so that it never overflows.
    """
    ordered = np.sort(ranks)
    # Of every rank the smallest is taken off, so that the table begins at the smallest sum.
    lowest = int(ordered[0]) if len(ordered) else 0
    largest = int(ordered[len(ordered) - size :].sum())
    end = largest if most is None else min(most, largest)
    width = end - size * lowest + 1
    if width < 1:
        return np.zeros(end + 1)
    table: np.ndarray = np.zeros((size + 1, width))
    table[0, 0] = 1.0
    above = ordered - lowest
    # The smallest sum of k ranks, and the largest of those seen.
    least = np.concatenate([[0], np.cumsum(above)])
    for seen, rank in enumerate(above):
        # The rank joins a subset of k - 1 of those seen with the weight that keeps each row a
        # distribution: k of seen + 1 are drawn, and the new one is among them with chance
        # k/(seen+1).
        for k in range(min(size, seen + 1), 0, -1):
            # The ranks still to be added are no smaller than this one: higher sums lead nowhere.
            stop = min(int(least[seen + 1]), width - 1 - (size - k) * int(rank)) + 1
            start = int(least[k])
            if start >= stop:
                continue
            chance = k / (seen + 1)
            table[k, start:stop] *= 1 - chance
            joined = max(start, int(rank))
            if joined < stop:
                table[k, joined:stop] += chance * table[k - 1, joined - rank : stop - rank]
    return np.concatenate([np.zeros(size * lowest), table[size]])
