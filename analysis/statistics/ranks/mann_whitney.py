"""The Mann-Whitney test of whether participants of one condition score higher than of another.

The participant is the unit everywhere: one score each, whatever the number of trials behind it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from analysis.data.validation import require_known
from analysis.statistics.alternatives import ALTERNATIVES, METHODS, Alternative, Method
from analysis.statistics.ranks.exact_ranks import exact_p_value, is_feasible
from analysis.statistics.readable import Readable

# R's wilcox.test draws the same line: exact below it and without ties.
EXACT_BELOW = 50


@dataclass(frozen=True)
class MannWhitney(Readable):
    """Result of `mann_whitney`.

    Attributes
    ----------
    statistic : float
        U: the pairs of one participant of each group in which a is above b, ties as halves.
    z : float
        U standardised with the tie-corrected variance; NaN where all scores are equal.
    pvalue : float
        p of the alternative.
    n_a, n_b : int
        Participants with a score.
    alternative, method : str
        The alternative asked for, and how p was found, in words.
    """

    statistic: float
    z: float
    pvalue: float
    n_a: int
    n_b: int
    alternative: Alternative
    method: str

    def as_row(self) -> dict[str, Any]:
        """Return the result by the names of the columns in result files."""
        columns = {"statistic": "u_statistic", "pvalue": "p_value"}
        return {columns.get(name, name): value for name, value in vars(self).items()}


def mann_whitney(
    a: np.ndarray,
    b: np.ndarray,
    alternative: Alternative = "two-sided",
    method: Method = "auto",
    continuity: bool = True,
) -> MannWhitney:
    """Return the Mann-Whitney U test of scores `a` against `b`.

    Parameters
    ----------
    a, b : ndarray, shape (n_a,) and (n_b,)
        One score per participant, in any unit; NaN scores are left out.
    alternative : {"two-sided", "less", "greater"}
        "less" asks whether a is below b.
    method : {"auto", "exact", "mid-p", "asymptotic"}
        "auto" takes the exact distribution for two untied samples of fewer than 50 each, as R does,
        else the normal approximation. "exact" with ties takes the permutation distribution of the
        midranks; its error rate is at most the level. "mid-p" counts the observed arrangement by
        half; its error rate is about the level, even where ties leave few possible U.
    continuity : bool
        Whether the normal approximation moves U by half a unit towards its mean.

    Returns
    -------
    MannWhitney
        Of more than about 280 scores each, for which an exact p takes more than seconds, p is the
        normal approximation, and `method` says so. Where all scores are equal, z is NaN and p is 1
        (mid-p: 1/2 on each side), since every arrangement gives the same U. An empty sample gives
        NaN.

    Raises
    ------
    ValueError
        For another alternative or method.

    References
    ----------
    Mann and Whitney (1947); Lehmann (1975), Nonparametrics, section 1.4, for the ties.

    Examples
    --------
    >>> test = mann_whitney(np.array([0.1, 0.2, 0.4]), np.array([0.3, 0.5, 0.6, 0.9]), "less")
    >>> test.statistic, round(test.pvalue, 4), test.method
    (1.0, 0.0571, 'exact')
    """
    require_known("alternative", alternative, ALTERNATIVES)
    require_known("method", method, METHODS)
    a, b = without_nan(a), without_nan(b)
    if not len(a) or not len(b):
        return MannWhitney(
            np.nan, np.nan, np.nan, len(a), len(b), alternative, "none: a sample is empty"
        )
    pooled = np.concatenate([a, b])
    tied = len(np.unique(pooled)) < len(pooled)
    small = max(len(a), len(b)) < EXACT_BELOW
    wanted = method in ("exact", "mid-p") or (method == "auto" and small and not tied)
    exact = wanted and is_feasible(len(a), len(b))
    u = u_statistic(a, b)
    z = _standardised(u, pooled, len(a), alternative, continuity and not exact)
    if exact:
        p = exact_p_value(a, b, alternative, mid=method == "mid-p")
    else:
        p = 1.0 if np.isnan(z) else normal_p_value(z, alternative)
    name = "mid-p" if method == "mid-p" else "exact"
    described = _describe_exact(name, tied) if exact else _describe_normal(z, continuity)
    if wanted and not exact:
        described += f" ({name} p takes too long for this sample size)"
    return MannWhitney(u, z, p, len(a), len(b), alternative, described)


def u_statistic(a: np.ndarray, b: np.ndarray) -> float:
    """Return U, the number of pairs in which a is above b, ties counted as halves.

    Parameters
    ----------
    a, b : ndarray, shape (n_a,) and (n_b,)
        Scores without NaN.

    Returns
    -------
    float
        From 0 to n_a n_b.
    """
    ranks = stats.rankdata(np.concatenate([a, b]))
    return float(ranks[: len(a)].sum() - len(a) * (len(a) + 1) / 2)


def normal_p_value(z: float, alternative: Alternative) -> float:
    """Return the tail of the standard normal distribution that an alternative asks for.

    Parameters
    ----------
    z : float
        A standardised statistic.
    alternative : {"two-sided", "less", "greater"}
        "less" is the lower tail.

    Returns
    -------
    float
        p; NaN where z is NaN.

    Raises
    ------
    ValueError
        For another alternative.
    """
    require_known("alternative", alternative, ALTERNATIVES)
    if np.isnan(z):
        return float("nan")
    if alternative == "less":
        return float(stats.norm.cdf(z))
    if alternative == "greater":
        return float(stats.norm.sf(z))
    return float(min(1.0, 2 * stats.norm.sf(abs(z))))


def without_nan(values: np.ndarray) -> np.ndarray:
    """Return the values as floats, without NaN.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Numbers.

    Returns
    -------
    ndarray, shape (m,), m <= n
        In their order.
    """
    numbers = np.asarray(values, dtype=float)
    known: np.ndarray = numbers[~np.isnan(numbers)]
    return known


def _standardised(
    u: float, pooled: np.ndarray, n_a: int, alternative: Alternative, continuity: bool
) -> float:
    pairs = n_a * (len(pooled) - n_a)
    variance = pairs * (len(pooled) + 1) / 12 * float(stats.tiecorrect(stats.rankdata(pooled)))
    if variance == 0:
        return float("nan")
    distance = u - pairs / 2
    half = {"less": -0.5, "greater": 0.5, "two-sided": 0.5 * np.sign(distance)}[alternative]
    return float((distance - half * continuity) / np.sqrt(variance))


def _describe_exact(name: str, tied: bool) -> str:
    return f"{name}, permutation of midranks" if tied else name


def _describe_normal(z: float, continuity: bool) -> str:
    if np.isnan(z):
        return "none: all scores are equal"
    return "normal approximation, tie-corrected" + (", continuity-corrected" if continuity else "")
