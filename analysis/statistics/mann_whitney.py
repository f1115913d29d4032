"""Tests of whether participants of one condition score higher than those of another.

The participant is the unit everywhere: each brings one score, however many trials it sums up.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.data.validation import require_known
from analysis.statistics.alternatives import ALTERNATIVES, METHODS, Alternative, Method
from analysis.statistics.exact_ranks import exact_p_value, is_feasible

# R's wilcox.test draws the same line: exact below it and without ties.
EXACT_BELOW = 50


@dataclass(frozen=True)
class MannWhitney:
    """Result of `mann_whitney`; U counts the pairs in which a is above b, ties as halves."""

    u_statistic: float
    z: float
    p_value: float
    n_a: int
    n_b: int
    alternative: Alternative
    method: str


def mann_whitney(
    a: np.ndarray,
    b: np.ndarray,
    alternative: Alternative = "two-sided",
    method: Method = "auto",
    continuity: bool = True,
) -> MannWhitney:
    """Mann-Whitney U test of scores `a` against `b`; `less` asks whether a is below b.

    `auto` takes the exact distribution for two untied samples of fewer than 50 each, as R does,
    else the normal approximation. `exact` with ties takes the permutation distribution of the
    midranks, and never errs more often than it says; `mid-p` counts the observed arrangement by
    half, and errs about as often as it says where ties leave few possible U. Of more than about 280
    scores each, which take more than a few seconds, both take the normal approximation, and the
    result's `method` says so. z is standardised with
    the tie-corrected variance, less half a unit where `continuity` holds; it is NaN when every
    score is equal, and p is then 1 (mid-p: 1/2 on each side), since every arrangement gives the
    same U. NaN scores are left out, as n_a and n_b show; a sample without any other gives NaN for
    all. Raises ValueError for another alternative or method.

    Source: Mann and Whitney (1947); Lehmann (1975), Nonparametrics, section 1.4, for the ties.
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
        described += f" ({name} p of so many scores takes too long)"
    return MannWhitney(u, z, p, len(a), len(b), alternative, described)


def u_statistic(a: np.ndarray, b: np.ndarray) -> float:
    """Pairs in which a is above b, ties counted as halves, from the ranks of both together."""
    ranks = stats.rankdata(np.concatenate([a, b]))
    return float(ranks[: len(a)].sum() - len(a) * (len(a) + 1) / 2)


def normal_p_value(z: float, alternative: Alternative) -> float:
    """Tail of the standard normal distribution that `alternative` asks for; NaN stays NaN."""
    require_known("alternative", alternative, ALTERNATIVES)
    if np.isnan(z):
        return float("nan")
    if alternative == "less":
        return float(stats.norm.cdf(z))
    if alternative == "greater":
        return float(stats.norm.sf(z))
    return float(min(1.0, 2 * stats.norm.sf(abs(z))))


def without_nan(values: np.ndarray) -> np.ndarray:
    """The values as floats, without NaN."""
    numbers = np.asarray(values, dtype=float)
    known: np.ndarray = numbers[~np.isnan(numbers)]
    return known


def tie_corrected_variance(pooled: np.ndarray, n_a: int) -> float:
    """Variance of U under the null hypothesis, given the ties among all scores."""
    n = len(pooled)
    n_b = n - n_a
    counts = np.unique(pooled, return_counts=True)[1].astype(float)
    if n < 2:
        return 0.0
    ties = float((counts**3 - counts).sum()) / (n * (n - 1))
    return n_a * n_b / 12 * (n + 1 - ties)


def _standardised(
    u: float, pooled: np.ndarray, n_a: int, alternative: Alternative, continuity: bool
) -> float:
    variance = tie_corrected_variance(pooled, n_a)
    # Rounding may leave a trace of variance where there is none.
    if variance <= 1e-12:
        return float("nan")
    distance = u - n_a * (len(pooled) - n_a) / 2
    half = {"less": -0.5, "greater": 0.5, "two-sided": 0.5 * np.sign(distance)}[alternative]
    return float((distance - half * continuity) / np.sqrt(variance))


def _describe_exact(name: str, tied: bool) -> str:
    return f"{name}, permutation of midranks" if tied else name


def _describe_normal(z: float, continuity: bool) -> str:
    if np.isnan(z):
        return "none: all scores are equal"
    return "normal approximation, tie-corrected" + (", continuity-corrected" if continuity else "")
