"""How far apart two groups lie: the Hodges-Lehmann shift and the difference of means."""

from bisect import bisect_left, bisect_right
from dataclasses import replace
from math import comb

import numpy as np
from scipy import stats

from analysis.statistics.effect_sizes import Interval
from analysis.statistics.exact_ranks import rank_sum_chances
from analysis.statistics.mann_whitney import EXACT_BELOW, without_nan
from analysis.statistics.shares import standard_deviation


def hodges_lehmann(a: np.ndarray, b: np.ndarray, level: float = 0.95) -> Interval:
    """Median of all differences a - b, with the interval that inverts a rank test.

    In the unit of the scores. Two untied samples of fewer than 50 each: the exact Mann-Whitney
    test, as R's wilcox.test, which takes both distributions for equal but for the shift. Else the
    test of Brunner and Munzel, which does not: its variance is that of the placements, and without
    a shift it asks only that either score is as likely to be the higher one. NaN scores are left
    out; an empty group gives NaN. The interval is NaN for groups without spread, and for so few
    scores that not even complete separation would be rejected.

    Source: Hollander, Wolfe and Chicken (2014), sections 4.2 and 4.3; Brunner and Munzel (2000).
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
    """Distinct differences in ascending order with their counts.

    Made from distinct scores, since scores are few even where participants are many.
    """
    values_a, counts_a = np.unique(a, return_counts=True)
    values_b, counts_b = np.unique(b, return_counts=True)
    differences = (values_a[:, None] - values_b[None, :]).ravel()
    order = np.argsort(differences, kind="stable")
    return differences[order], np.outer(counts_a, counts_b).ravel()[order]


def _middle_places(n: int) -> tuple[int, int]:
    return (n + 1) // 2, n // 2 + 1


def _exact_rank(n_a: int, n_b: int, level: float) -> int:
    """Which of the ordered differences of untied samples, from 1, is the lower end."""
    offset = n_a * (n_a + 1) // 2
    chances = np.cumsum(rank_sum_chances(np.arange(1, n_a + n_b + 1), n_a)[offset:])
    # The smallest U whose chance to be reached from below is at least alpha / 2.
    return max(1, int(np.searchsorted(chances, (1 - level) / 2)))


def _placement_interval(a: np.ndarray, b: np.ndarray, level: float) -> tuple[float, float]:
    """The shifts that Brunner and Munzel's two-sided test does not reject.

    Between two neighbouring differences the test does not change, so that it is made once in each
    gap that a search by halves asks for.
    """
    if min(len(a), len(b)) < 2:
        return float("nan"), float("nan")
    groups = [np.unique(group, return_counts=True) for group in (a, b)]
    differences = np.subtract.outer(groups[0][0], groups[1][0])
    steps = _distinct(differences)
    gaps = (steps[1:] + steps[:-1]) / 2

    def deficit(place: int) -> float:
        """From -inf where a lies above b by far more than the shift, to inf; 1 just rejects."""
        return -_placement_statistic(
            differences > gaps[place], groups[0][1], groups[1][1], (1 + level) / 2
        )

    places = range(len(gaps))
    low, high = bisect_right(places, -1.0, key=deficit), bisect_left(places, 1.0, key=deficit)
    return float(steps[low]), float(steps[high])


def _distinct(differences: np.ndarray) -> np.ndarray:
    """Ascending, without those that differ from the one before by rounding alone."""
    steps = np.unique(differences)
    apart = np.diff(steps) > 1e-9 * max(1e-300, float(np.abs(steps).max()))
    kept: np.ndarray = steps[np.concatenate([[True], apart])]
    return kept


def _placement_statistic(
    above: np.ndarray, counts_a: np.ndarray, counts_b: np.ndarray, quantile: float
) -> float:
    """Brunner and Munzel's t over the quantile of its distribution.

    `above` says which distinct a lies above which distinct b; the counts say how often each occurs.
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


def mean_difference(a: np.ndarray, b: np.ndarray, level: float = 0.95) -> Interval:
    """Mean of a minus mean of b with Welch's interval.

    Its ends are NaN where nothing shows the spread: for a group of fewer than two, and where each
    group's scores are all equal.
    """
    a, b = without_nan(a), without_nan(b)
    if not len(a) or not len(b):
        return Interval(np.nan, np.nan, np.nan)
    estimate = float(np.mean(a) - np.mean(b))
    error, freedom = welch_error(a, b)
    half = float(stats.t.ppf((1 + level) / 2, freedom)) * error
    return Interval(estimate, estimate - half, estimate + half)


def within_shares(difference: Interval) -> Interval:
    """The same of two shares, whose difference is never beyond -1 and 1."""
    low, high = np.clip([difference.ci_low, difference.ci_high], -1, 1)
    return replace(difference, ci_low=float(low), ci_high=float(high))


def welch_error(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Standard error of the difference of means, and Welch and Satterthwaite's freedom.

    NaN where they cannot be estimated.
    """
    if min(len(a), len(b)) < 2:
        return float("nan"), float("nan")
    parts = [standard_deviation(group) ** 2 / len(group) for group in (a, b)]
    total = sum(parts)
    if total == 0:
        return float("nan"), float("nan")
    below = sum(part**2 / (len(group) - 1) for part, group in zip(parts, (a, b), strict=True))
    return float(np.sqrt(total)), total**2 / below
