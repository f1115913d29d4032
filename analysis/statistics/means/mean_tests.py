"""Tests on means of participants' scores: Welch's, equivalence, and against chance.

statsmodels computes them; scores without any spread, of which it would give infinite t, have NaN.
"""

from dataclasses import dataclass, replace

import numpy as np
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from analysis.data.validation import require_known
from analysis.statistics.alternatives import ALTERNATIVES, Alternative
from analysis.statistics.ranks.effect_sizes import Interval
from analysis.statistics.ranks.mann_whitney import without_nan
from analysis.statistics.readable import Estimated

CHANCE = 0.25
# What statsmodels calls the alternatives.
SIDES = {"two-sided": "two-sided", "less": "smaller", "greater": "larger"}


@dataclass(frozen=True)
class MeanTest(Estimated):
    """A t test of a mean or of a difference of means.

    Attributes
    ----------
    difference : Interval
        The difference tested, in the unit of the scores.
    statistic, df, pvalue : float
        Student's t, its degrees of freedom and p; NaN where nothing shows the scores' spread.
    method : str
        The test's name, or why there is none.
    """

    difference: Interval
    statistic: float
    df: float
    pvalue: float
    method: str

    def _estimate(self) -> Interval:
        return self.difference


def welch(
    a: np.ndarray, b: np.ndarray, alternative: Alternative = "two-sided", level: float = 0.95
) -> MeanTest:
    """Return Welch's t test of mean `a` against mean `b`, variances unequal.

    Parameters
    ----------
    a, b : ndarray, shape (n_a,) and (n_b,)
        One score per participant, in any unit; NaN scores are left out.
    alternative : {"two-sided", "less", "greater"}
        "less" asks whether mean a is below mean b.
    level : float
        Confidence level of the difference's interval, which is always two-sided.

    Returns
    -------
    MeanTest
        All but the difference are NaN where a group has fewer than two scores or where each
        group's scores are all equal.

    Raises
    ------
    ValueError
        For another alternative.

    References
    ----------
    Welch (1947), as `statsmodels.stats.weightstats.CompareMeans`.

    Examples
    --------
    >>> test = welch(np.array([0.1, 0.2, 0.4]), np.array([0.3, 0.5, 0.6, 0.9]))
    >>> round(test.statistic, 3), round(test.df, 2), round(test.pvalue, 3)
    (-2.233, 4.91, 0.077)
    """
    require_known("alternative", alternative, ALTERNATIVES)
    a, b = without_nan(a), without_nan(b)
    estimate = float(np.mean(a) - np.mean(b)) if len(a) and len(b) else float("nan")
    if not _has_spread(a, b):
        return MeanTest(_without_interval(estimate), np.nan, np.nan, np.nan, "Welch's t test")
    means = CompareMeans(DescrStatsW(a), DescrStatsW(b))
    statistic, p, df = means.ttest_ind(SIDES[alternative], usevar="unequal")
    low, high = means.tconfint_diff(1 - level, usevar="unequal")
    difference = Interval(estimate, float(low), float(high))
    return MeanTest(difference, float(statistic), float(df), float(p), "Welch's t test")


def mean_difference(a: np.ndarray, b: np.ndarray, level: float = 0.95) -> Interval:
    """Return mean `a` minus mean `b` with Welch's interval.

    Parameters
    ----------
    a, b : ndarray, shape (n_a,) and (n_b,)
        One score per participant, in any unit; NaN scores are left out.
    level : float
        Confidence level.

    Returns
    -------
    Interval
        In the unit of the scores; NaN where `welch` gives NaN.
    """
    return welch(a, b, level=level).difference


def within_shares(difference: Interval) -> Interval:
    """Return the interval of a difference of two shares, cut at -1 and 1.

    Parameters
    ----------
    difference : Interval
        Of two means of shares.

    Returns
    -------
    Interval
        The same estimate.
    """
    low, high = np.clip([difference.ci_low, difference.ci_high], -1, 1)
    return replace(difference, ci_low=float(low), ci_high=float(high))


@dataclass(frozen=True)
class Equivalence(Estimated):
    """Two one-sided tests of whether a difference lies inside a margin.

    Attributes
    ----------
    difference : Interval
        With its 90 % interval, which lies inside the margin exactly when p < 0.05.
    margin : float
        In the unit of the scores.
    p_not_below, p_not_above : float
        p of "a is worse than b by less than the margin", and of "better by less than the margin".
    """

    difference: Interval
    margin: float
    p_not_below: float
    p_not_above: float

    def _estimate(self) -> Interval:
        return self.difference

    @property
    def pvalue(self) -> float:
        """p of equivalence: the larger of both tests'."""
        return max(self.p_not_below, self.p_not_above)


def equivalence(a: np.ndarray, b: np.ndarray, margin: float) -> Equivalence:
    """Return the two one-sided tests (TOST) of |mean a - mean b| < margin, with Welch's error.

    Parameters
    ----------
    a, b : ndarray, shape (n_a,) and (n_b,)
        One score per participant; NaN scores are left out.
    margin : float
        In the unit of the scores, above 0. It must be declared before the data are seen.

    Returns
    -------
    Equivalence
        p is NaN where `welch` gives NaN.

    Raises
    ------
    ValueError
        Where the margin is not above 0.

    References
    ----------
    Schuirmann (1987), as `statsmodels.stats.weightstats.CompareMeans.ttost_ind`.
    """
    if margin <= 0:
        raise ValueError(f"margin must be above 0, but is {margin}.")
    a, b = without_nan(a), without_nan(b)
    difference = mean_difference(a, b, level=0.90)
    if not _has_spread(a, b):
        return Equivalence(difference, margin, np.nan, np.nan)
    means = CompareMeans(DescrStatsW(a), DescrStatsW(b))
    _, (below, above) = means.ttost_ind(-margin, margin, usevar="unequal")
    return Equivalence(difference, margin, float(below[1]), float(above[1]))


def against_chance(values: np.ndarray, chance: float = CHANCE) -> MeanTest:
    """Return the two-sided one-sample t test of participants' accuracies against guessing.

    Parameters
    ----------
    values : ndarray, shape (n,)
        One accuracy per participant, 0 to 1; NaN is left out.
    chance : float
        The accuracy of guessing.

    Returns
    -------
    MeanTest
        Its difference is mean - chance. t and p are NaN for fewer than two participants and where
        all accuracies are equal.

    Notes
    -----
    Not a binomial test of the trials, which would take the answers of one participant as
    independent.
    """
    values = without_nan(values)
    n = len(values)
    above = _without_interval(float(np.mean(values)) - chance if n else float("nan"))
    if n < 2:
        return MeanTest(above, np.nan, np.nan, np.nan, "none: fewer than two participants")
    if not _has_spread(values):
        return MeanTest(above, np.nan, n - 1, np.nan, "none: all scores are equal")
    found = DescrStatsW(values)
    statistic, p, df = found.ttest_mean(chance)
    low, high = t_interval(values)
    difference = replace(above, ci_low=low - chance, ci_high=high - chance)
    return MeanTest(difference, float(statistic), float(df), float(p), "one-sample t test")


def t_interval(values: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Return Student's interval of a mean.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Numbers in any unit, without NaN.
    level : float
        Confidence level.

    Returns
    -------
    tuple of float
        Lower and upper end; NaN where the values are all equal or fewer than two.
    """
    if not _has_spread(values):
        return float("nan"), float("nan")
    low, high = DescrStatsW(values).tconfint_mean(1 - level)
    return float(low), float(high)


def _has_spread(*groups: np.ndarray) -> bool:
    """Whether each group has two values, and any group two different ones."""
    return min(map(len, groups)) > 1 and max(map(np.ptp, groups)) > 0


def _without_interval(estimate: float) -> Interval:
    return Interval(estimate, float("nan"), float("nan"))
