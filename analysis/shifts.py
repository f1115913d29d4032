"""How far apart two groups lie: the Hodges-Lehmann shift and the difference of means."""

import numpy as np
from scipy import stats

from analysis.comparisons import EXACT_BELOW, tie_corrected_variance, without_nan
from analysis.effect_sizes import Interval
from analysis.exact_ranks import rank_sum_chances


def hodges_lehmann(a: np.ndarray, b: np.ndarray, level: float = 0.95) -> Interval:
    """Median of all differences a - b, with the interval that inverts the Mann-Whitney test.

    In the unit of the scores. Exact for two untied samples of fewer than 50 each, as R's
    wilcox.test; else from the tie-corrected normal approximation, where R solves for a root instead
    and so returns slightly different numbers. NaN scores are left out; an empty group gives NaN.

    Source: Hollander, Wolfe and Chicken (2014), sections 4.2 and 4.3.
    """
    a, b = without_nan(a), without_nan(b)
    if not len(a) or not len(b):
        return Interval(np.nan, np.nan, np.nan)
    differences, counts = _weighted_differences(a, b)
    places = np.cumsum(counts)
    n_pairs = len(a) * len(b)
    rank = _interval_rank(a, b, level)
    middle = [differences[np.searchsorted(places, place)] for place in _middle_places(n_pairs)]
    low = differences[np.searchsorted(places, rank)]
    high = differences[np.searchsorted(places, n_pairs + 1 - rank)]
    return Interval(float(np.mean(middle)), float(low), float(high))


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


def _interval_rank(a: np.ndarray, b: np.ndarray, level: float) -> int:
    """Which of the ordered differences, from 1, is the lower end."""
    pooled = np.concatenate([a, b])
    tied = len(np.unique(pooled)) < len(pooled)
    if not tied and max(len(a), len(b)) < EXACT_BELOW:
        ranks = np.arange(1, len(pooled) + 1)
        offset = len(a) * (len(a) + 1) // 2
        chances = np.cumsum(rank_sum_chances(ranks, len(a))[offset:])
        # The smallest U whose chance to be reached from below is at least alpha / 2.
        rank = int(np.searchsorted(chances, (1 - level) / 2))
    else:
        spread = stats.norm.ppf((1 + level) / 2) * np.sqrt(tie_corrected_variance(pooled, len(a)))
        rank = int(np.floor(len(a) * len(b) / 2 - spread + 0.5))
    return max(1, rank)


def mean_difference(a: np.ndarray, b: np.ndarray, level: float = 0.95) -> Interval:
    """Mean of a minus mean of b with Welch's interval; NaN ends for a group of fewer than two."""
    a, b = without_nan(a), without_nan(b)
    if not len(a) or not len(b):
        return Interval(np.nan, np.nan, np.nan)
    estimate = float(np.mean(a) - np.mean(b))
    error, freedom = welch_error(a, b)
    half = float(stats.t.ppf((1 + level) / 2, freedom)) * error
    return Interval(estimate, estimate - half, estimate + half)


def welch_error(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Standard error of the difference of means, and Welch and Satterthwaite's freedom."""
    if min(len(a), len(b)) < 2:
        return float("nan"), float("nan")
    parts = [float(np.var(group, ddof=1)) / len(group) for group in (a, b)]
    total = sum(parts)
    if total == 0:
        return 0.0, float(len(a) + len(b) - 2)
    below = sum(part**2 / (len(group) - 1) for part, group in zip(parts, (a, b), strict=True))
    return float(np.sqrt(total)), total**2 / below
