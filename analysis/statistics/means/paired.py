"""Differences within participants: their mean, and how far groups differ in them."""

import numpy as np

from analysis.statistics.means.bootstrap import RESAMPLES, small_sample
from analysis.statistics.ranks.effect_sizes import Interval
from analysis.statistics.ranks.mann_whitney import without_nan


def paired_difference(
    a: np.ndarray,
    b: np.ndarray,
    resamples: int = RESAMPLES,
    seed: int = 1,
    level: float = 0.95,
) -> Interval:
    """Return the mean of a - b with a bootstrap interval over participants.

    Parameters
    ----------
    a, b : ndarray, shape (n,)
        Two scores per participant; pairs with a NaN are left out.
    resamples, seed : int
        Number of resamples, and the seed that draws them.
    level : float
        Confidence level.

    Returns
    -------
    Interval
        In the unit of the scores; no ends for fewer than two participants, or where all differences
        are equal.

    Notes
    -----
    Percentiles of the means of resampled differences, widened for small samples by
    sqrt(n / (n - 1)) and Student's quantile, as the two-way bootstrap is.

    Examples
    --------
    >>> found = paired_difference(np.array([0.5, 0.7, 0.9]), np.array([0.4, 0.7, 0.5]))
    >>> round(found.estimate, 3)
    0.167
    """
    differences = without_nan(np.asarray(a, float) - np.asarray(b, float))
    draws = _resampled_means(differences, resamples, np.random.default_rng(seed))
    n = len(differences)
    estimate = float(np.mean(differences)) if n else float("nan")
    return _around(estimate, draws, n, level)


def difference_of_differences(
    first: np.ndarray,
    second: np.ndarray,
    resamples: int = RESAMPLES,
    seed: int = 1,
    level: float = 0.95,
) -> Interval:
    """Return the mean of `first` minus that of `second`, with a bootstrap interval.

    Parameters
    ----------
    first, second : ndarray, shape (n,) and (m,)
        One difference per participant of each of two groups; NaN is left out.
    resamples, seed : int
        Number of resamples, drawn within each group, and the seed that draws them.
    level : float
        Confidence level.

    Returns
    -------
    Interval
        In the unit of the differences; no ends where a group has fewer than two participants, or
        where all resamples are alike.
    """
    first, second = without_nan(first), without_nan(second)
    if not len(first) or not len(second):
        return Interval(np.nan, np.nan, np.nan)
    random = np.random.default_rng(seed)
    draws = _resampled_means(first, resamples, random)
    draws = draws - _resampled_means(second, resamples, random)
    estimate = float(np.mean(first) - np.mean(second))
    return _around(estimate, draws, min(len(first), len(second)), level)


def _resampled_means(values: np.ndarray, resamples: int, random: np.random.Generator) -> np.ndarray:
    n = len(values)
    if not n:
        return np.array([np.nan])
    weights = random.multinomial(n, np.full(n, 1 / n), size=resamples)
    means: np.ndarray = weights @ values / n
    return means


def _around(estimate: float, draws: np.ndarray, n: int, level: float) -> Interval:
    """Percentiles around an estimate, widened for a small n."""
    if n < 2 or np.ptp(draws) == 0:
        return Interval(estimate, np.nan, np.nan)
    ends = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    low, high = estimate + (ends - estimate) * small_sample(n, level)
    return Interval(estimate, float(low), float(high))
