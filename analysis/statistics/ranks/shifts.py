"""How far apart two groups lie: the Hodges-Lehmann shift."""

from bisect import bisect_left, bisect_right
from math import comb

import numpy as np
from scipy import stats

from analysis.statistics.ranks.effect_sizes import Interval
from analysis.statistics.ranks.exact_ranks import rank_sum_chances
from analysis.statistics.ranks.mann_whitney import EXACT_BELOW, without_nan


def hodges_lehmann(a: np.ndarray, b: np.ndarray, level: float = 0.95) -> Interval:
    """Return the median of all differences a - b, with the interval that inverts a rank test.

    Parameters
    ----------
    a, b : ndarray, shape (n_a,) and (n_b,)
        One score per participant, in any unit; NaN scores are left out.
    level : float
        Confidence level.

    Returns
    -------
    Interval
        In the unit of the scores; NaN for an empty group. Its ends are NaN for groups without
        spread, and for samples too small to reject even a complete separation.

    Notes
    -----
    Two untied samples of fewer than 50 each have the interval of the exact Mann-Whitney test, as
    in R's wilcox.test, which assumes equal distributions but for the shift. All others have that of
    the test of Brunner and Munzel, which assumes only that, without a shift, either score is as
    likely to be the higher one; its variance is that of the placements.

    References
    ----------
    Hollander, Wolfe and Chicken (2014), sections 4.2 and 4.3; Brunner and Munzel (2000).

    Examples
    --------
    >>> hodges_lehmann(np.array([4.0, 5, 6, 8, 9]), np.array([1.0, 2, 3, 3.5, 7]))
    Interval(estimate=3.0, ci_low=-1.0, ci_high=7.0)
    """
    a, b = without_nan(a), without_nan(b)
    if not len(a) or not len(b):
        return Interval(np.nan, np.nan, np.nan)
    differences, counts = _weighted_differences(a, b)
    places, n_pairs = np.cumsum(counts), len(a) * len(b)
    middle = [differences[np.searchsorted(places, place)] for place in _middle_places(n_pairs)]
    estimate = float(np.mean(middle))
    if np.ptp(a) == np.ptp(b) == 0 or 2 / comb(len(a) + len(b), len(a)) > 1 - level:
        return Interval(estimate, np.nan, np.nan)
    untied = len(np.unique(np.concatenate([a, b]))) == len(a) + len(b)
    if untied and max(len(a), len(b)) < EXACT_BELOW:
        rank = _exact_rank(len(a), len(b), level)
        ends = [differences[np.searchsorted(places, end)] for end in (rank, n_pairs + 1 - rank)]
        return Interval(estimate, float(ends[0]), float(ends[1]))
    return Interval(estimate, *_placement_interval(a, b, level))


def _weighted_differences(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct differences in ascending order, and their counts.

    Computed from distinct scores, which are few even where participants are many.
    """
    values_a, counts_a = np.unique(a, return_counts=True)
    values_b, counts_b = np.unique(b, return_counts=True)
    differences = (values_a[:, None] - values_b[None, :]).ravel()
    order = np.argsort(differences, kind="stable")
    return differences[order], np.outer(counts_a, counts_b).ravel()[order]


def _middle_places(n: int) -> tuple[int, int]:
    return (n + 1) // 2, n // 2 + 1


def _exact_rank(n_a: int, n_b: int, level: float) -> int:
    """The 1-based position of the lower end among the ordered differences of untied samples."""
    offset = n_a * (n_a + 1) // 2
    chances = np.cumsum(rank_sum_chances(np.arange(1, n_a + n_b + 1), n_a)[offset:])
    # The smallest U whose lower tail is at least alpha / 2.
    return max(1, int(np.searchsorted(chances, (1 - level) / 2)))


def _placement_interval(a: np.ndarray, b: np.ndarray, level: float) -> tuple[float, float]:
    """The shifts that Brunner and Munzel's two-sided test does not reject.

    The test does not change between two neighbouring differences, so a bisection over these gaps
    finds both ends.
    """
    if min(len(a), len(b)) < 2:
        return float("nan"), float("nan")
    groups = [np.unique(group, return_counts=True) for group in (a, b)]
    differences = np.subtract.outer(groups[0][0], groups[1][0])
    steps = _distinct(differences)
    gaps = (steps[1:] + steps[:-1]) / 2

    def deficit(place: int) -> float:
        """Ascending, from -inf where a exceeds b by far more than the shift; rejected beyond 1."""
        return -_placement_statistic(
            differences > gaps[place], groups[0][1], groups[1][1], (1 + level) / 2
        )

    places = range(len(gaps))
    low, high = bisect_right(places, -1.0, key=deficit), bisect_left(places, 1.0, key=deficit)
    return float(steps[low]), float(steps[high])


def _distinct(differences: np.ndarray) -> np.ndarray:
    """Ascending, without those that differ from the previous one by rounding alone."""
    steps = np.unique(differences)
    apart = np.diff(steps) > 1e-9 * max(1e-300, float(np.abs(steps).max()))
    kept: np.ndarray = steps[np.concatenate([[True], apart])]
    return kept


def _placement_statistic(
    above: np.ndarray, counts_a: np.ndarray, counts_b: np.ndarray, quantile: float
) -> float:
    """Brunner and Munzel's t, divided by the quantile of its distribution.

    `above` says which distinct a lies above which distinct b; the counts, how often each occurs.
    """
    n_a, n_b = int(counts_a.sum()), int(counts_b.sum())
    placements = (above @ counts_b / n_b, counts_a @ above / n_a)
    chance = float(counts_a @ placements[0]) / n_a
    parts = [
        float(counts @ (placed - chance) ** 2) / (n - 1) / n
        for counts, placed, n in zip((counts_a, counts_b), placements, (n_a, n_b), strict=True)
    ]
    total = sum(parts)
    if total == 0:
        return float(np.sign(chance - 0.5)) * np.inf if chance != 0.5 else 0.0
    below = sum(part**2 / (n - 1) for part, n in zip(parts, (n_a, n_b), strict=True))
    return float((chance - 0.5) / np.sqrt(total) / stats.t.ppf(quantile, total**2 / below))
