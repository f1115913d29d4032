"""The exact distribution of a sum of ranks, ties included."""

import numpy as np
from scipy import stats

from analysis.data.validation import require_known
from analysis.statistics.alternatives import ALTERNATIVES, Alternative

# The number of ranks times the size of the smaller group times the sums; it takes a few seconds.
LARGEST_WORK = 3e9


def is_feasible(n_a: int, n_b: int) -> bool:
    """Return whether the exact p of two groups takes no more than a few seconds.

    Parameters
    ----------
    n_a, n_b : int
        Scores of each group.

    Returns
    -------
    bool
        False above about 280 scores each.
    """
    return (n_a + n_b) * min(n_a, n_b) * n_a * n_b / 4 < LARGEST_WORK


def exact_p_value(
    a: np.ndarray, b: np.ndarray, alternative: Alternative, mid: bool = False
) -> float:
    """Return p of the rank sum of `a` over all divisions of the scores into two such groups.

    Parameters
    ----------
    a, b : ndarray, shape (n_a,) and (n_b,)
        Scores without NaN; ties have midranks.
    alternative : {"two-sided", "less", "greater"}
        "two-sided" is the smaller of 1 and twice the smaller tail, as in R's wilcox.test.
    mid : bool
        Whether to count the observed sum by half. The error rate is then about the level even where
        few sums are possible, but it may exceed the level.

    Returns
    -------
    float
        p.

    Raises
    ------
    ValueError
        For another alternative.

    References
    ----------
    Streitberg and Roehmel (1986) for the distribution; Lancaster (1961) for mid-p.

    Examples
    --------
    >>> round(exact_p_value(np.array([1.0, 2, 2]), np.array([2.0, 3, 4, 5]), "less"), 4)
    0.0857
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
    """The chances of a sum of `size` ranks up to, from, and of exactly the observed one.

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
    """Return the probability of each sum of `size` ranks drawn at random.

    Parameters
    ----------
    ranks : ndarray of int, shape (n,)
        Ranks, scaled to whole numbers.
    size : int
        How many are drawn, without replacement.
    most : int, optional
        The largest sum asked for; all sums by default.

    Returns
    -------
    ndarray, shape (largest sum + 1,)
        Element s is the probability of the sum s.

    Notes
    -----
    The shift algorithm: a table of the number of subsets by size and sum, to which one rank is
    added at a time; as shares of all subsets it cannot overflow.

    References
    ----------
    Streitberg and Roehmel (1986).
    """
    ordered = np.sort(ranks)
    # The smallest rank is subtracted from each, so that the table begins at the smallest sum.
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
        # Each row stays a distribution: of k ranks drawn out of seen + 1, the new one is among
        # them with chance k / (seen + 1).
        for k in range(min(size, seen + 1), 0, -1):
            # Later ranks are no smaller than this one, so higher sums cannot end below the width.
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
