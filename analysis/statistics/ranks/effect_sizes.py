"""How large a difference between two groups of participants is, with intervals."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.statistics.ranks.mann_whitney import u_statistic, without_nan
from analysis.statistics.readable import Estimated


@dataclass(frozen=True)
class Interval(Estimated):
    """An estimate with its confidence interval."""

    estimate: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class Dominance(Estimated):
    """How often a random participant of the first group scores higher than one of the second.

    Attributes
    ----------
    delta : Interval
        Cliff's delta, P(a > b) - P(a < b), from -1 to 1; equal to the rank-biserial correlation.
    n_a, n_b : int
        Participants with a score.
    """

    delta: Interval
    n_a: int
    n_b: int

    def _estimate(self) -> Interval:
        return self.delta

    @property
    def common_language(self) -> Interval:
        """The common-language effect size, P(a > b) + P(a = b) / 2, from 0 to 1."""
        low, high = (self.delta.ci_low + 1) / 2, (self.delta.ci_high + 1) / 2
        return Interval((self.delta.estimate + 1) / 2, low, high)


def cliffs_delta(a: np.ndarray, b: np.ndarray, level: float = 0.95) -> Dominance:
    """Return Cliff's delta of scores `a` over `b` with an asymmetric interval.

    Parameters
    ----------
    a, b : ndarray, shape (n_a,) and (n_b,)
        One score per participant, in any unit; NaN scores are left out.
    level : float
        Confidence level.

    Returns
    -------
    Dominance
        NaN where a group is empty; no interval where a group has fewer than two scores.

    References
    ----------
    Cliff (1996) for the variance; Feng and Cliff (2004) for the interval.

    Examples
    --------
    >>> round(cliffs_delta(np.array([1.0, 2, 3]), np.array([2.0, 3, 4])).delta.estimate, 3)
    -0.556
    """
    a, b = without_nan(a), without_nan(b)
    if not len(a) or not len(b):
        return Dominance(Interval(np.nan, np.nan, np.nan), len(a), len(b))
    delta = 2 * u_statistic(a, b) / (len(a) * len(b)) - 1
    low, high = _delta_interval(a, b, delta, level)
    return Dominance(Interval(float(delta), low, high), len(a), len(b))


def _delta_interval(
    a: np.ndarray, b: np.ndarray, delta: float, level: float
) -> tuple[float, float]:
    n_a, n_b = len(a), len(b)
    if min(n_a, n_b) < 2:
        return float("nan"), float("nan")
    quantile = float(stats.t.ppf((1 + level) / 2, n_a + n_b - 2))
    if abs(delta) == 1:
        # Complete separation leaves no variance; Feng and Cliff bound it by the smaller group.
        bound = (min(n_a, n_b) - quantile**2) / (min(n_a, n_b) + quantile**2)
        return (bound, 1.0) if delta > 0 else (-1.0, -bound)
    spread = quantile**2 * _delta_variance(a, b, delta)
    centre = delta - delta**3
    half = np.sqrt(spread * (1 - 2 * delta**2 + delta**4 + spread))
    scale = 1 - delta**2 + spread
    return float((centre - half) / scale), float((centre + half) / scale)


def _delta_variance(a: np.ndarray, b: np.ndarray, delta: float) -> float:
    """Cliff's (1996) unbiased variance, from the dominance of each score over the other group."""
    n_a, n_b = len(a), len(b)
    rows, columns = dominance(a, b), -dominance(b, a)
    unequal_pairs = n_a * n_b - _tied_pairs(a, b)
    pairs = unequal_pairs - n_a * n_b * delta**2
    numerator = (
        n_b**2 * ((rows - delta) ** 2).sum() + n_a**2 * ((columns - delta) ** 2).sum() - pairs
    )
    variance = numerator / (n_a * n_b * (n_a - 1) * (n_b - 1))
    # Cliff's floor: the unbiased estimate may come out below what any sample allows.
    return float(max(variance, (1 - delta**2) / (n_a * n_b - 1)))


def dominance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the share of `b` below minus the share above each score of `a`.

    Parameters
    ----------
    a, b : ndarray, shape (n_a,) and (n_b,)
        Scores without NaN; n_b >= 1.

    Returns
    -------
    ndarray, shape (n_a,)
        From -1 to 1; their mean is Cliff's delta.
    """
    ordered = np.sort(b)
    below = np.searchsorted(ordered, a, side="left")
    above = len(b) - np.searchsorted(ordered, a, side="right")
    return (below - above) / len(b)


def _tied_pairs(a: np.ndarray, b: np.ndarray) -> int:
    ordered = np.sort(b)
    return int(
        (np.searchsorted(ordered, a, side="right") - np.searchsorted(ordered, a, side="left")).sum()
    )
