"""Tests on means of participants' scores: Welch's, equivalence, and against chance."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.data.validation import require_known
from analysis.statistics.alternatives import ALTERNATIVES, Alternative
from analysis.statistics.effect_sizes import Interval
from analysis.statistics.mann_whitney import without_nan
from analysis.statistics.shares import standard_deviation
from analysis.statistics.shifts import mean_difference, welch_error

CHANCE = 0.25


@dataclass(frozen=True)
class MeanTest:
    """A test of a mean or a difference of means."""

    difference: Interval
    t: float
    degrees_of_freedom: float
    p_value: float
    method: str


def welch(a: np.ndarray, b: np.ndarray, alternative: Alternative = "two-sided") -> MeanTest:
    """Welch's t test of mean a against mean b, variances unequal; NaN scores are left out.

    t and p are NaN where each group's scores are all equal: nothing shows their spread.
    """
    a, b = without_nan(a), without_nan(b)
    error, freedom = welch_error(a, b) if len(a) and len(b) else (np.nan, np.nan)
    difference = mean_difference(a, b)
    t = difference.estimate / error
    return MeanTest(difference, t, freedom, t_p_value(t, freedom, alternative), "Welch's t test")


@dataclass(frozen=True)
class Equivalence:
    """Two one-sided tests of whether a difference lies inside a margin."""

    difference: Interval
    margin: float
    p_not_below: float
    p_not_above: float

    @property
    def p_value(self) -> float:
        """p of equivalence: the larger of both tests. `p_not_below` alone: no worse than."""
        return max(self.p_not_below, self.p_not_above)


def equivalence(a: np.ndarray, b: np.ndarray, margin: float) -> Equivalence:
    """TOST: whether mean a - mean b lies between -margin and margin (Welch's error).

    The difference carries its 90 % interval, which lies inside the margin exactly when p < 0.05.
    `p_not_below` tests "a is no worse than b by more than the margin". The margin must be declared
    before the data are seen. p is NaN where each group's scores are all equal. Source: Schuirmann
    (1987).
    """
    if margin <= 0:
        raise ValueError(f"margin must be above 0, but is {margin}.")
    a, b = without_nan(a), without_nan(b)
    error, freedom = welch_error(a, b) if len(a) and len(b) else (np.nan, np.nan)
    difference = mean_difference(a, b, level=0.90)
    below = t_p_value((difference.estimate + margin) / error, freedom, "greater")
    above = t_p_value((difference.estimate - margin) / error, freedom, "less")
    return Equivalence(difference, margin, below, above)


def against_chance(values: np.ndarray, chance: float = CHANCE) -> MeanTest:
    """One-sample t test of participants' accuracies against guessing, two-sided.

    Not a binomial test of the trials: a participant's trials share that participant, and a binomial
    test would take them for independent. t and p are NaN where all scores are equal.
    """
    values = without_nan(values)
    n = len(values)
    if n < 2:
        nothing = Interval(float(np.mean(values)) - chance if n else np.nan, np.nan, np.nan)
        return MeanTest(nothing, np.nan, np.nan, np.nan, "none: fewer than two participants")
    mean = float(np.mean(values))
    error = standard_deviation(values) / float(np.sqrt(n))
    if error == 0:
        nothing = Interval(mean - chance, np.nan, np.nan)
        return MeanTest(nothing, np.nan, n - 1, np.nan, "none: all scores are equal")
    half = float(stats.t.ppf(0.975, n - 1)) * error
    t = (mean - chance) / error
    difference = Interval(mean - chance, mean - chance - half, mean - chance + half)
    return MeanTest(difference, t, n - 1, t_p_value(t, n - 1, "two-sided"), "one-sample t test")


def t_p_value(t: float, freedom: float, alternative: Alternative) -> float:
    """Tail of Student's distribution that `alternative` asks for; NaN stays NaN."""
    require_known("alternative", alternative, ALTERNATIVES)
    if alternative == "less":
        return float(stats.t.cdf(t, freedom))
    if alternative == "greater":
        return float(stats.t.sf(t, freedom))
    return float(2 * stats.t.sf(abs(t), freedom))
