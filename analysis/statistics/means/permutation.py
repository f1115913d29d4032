"""Seeded permutation tests on participants' scores.

Scores take few distinct values, so an arrangement is drawn as the number of participants with each
value in the first group: the same distribution as shuffling, at a cost that does not grow with n.
SciPy shuffles the scores themselves, and takes equal arrangements for different ones where their
sums differ in the last bits.
"""

from dataclasses import dataclass

import numpy as np

from analysis.data.validation import require_known
from analysis.statistics.alternatives import ALTERNATIVES, Alternative
from analysis.statistics.ranks.mann_whitney import without_nan
from analysis.statistics.readable import Readable

RESAMPLES = 9_999


@dataclass(frozen=True)
class PermutationTest(Readable):
    """An observed statistic compared with seeded random arrangements.

    Attributes
    ----------
    statistic : float
        The observed difference, in the unit of the scores.
    pvalue : float
        (1 + arrangements at least as far out) / (1 + resamples).
    resamples, seed : int
        Number of arrangements, and the seed that drew them.
    """

    statistic: float
    pvalue: float
    resamples: int
    seed: int


def permutation_test(
    a: np.ndarray,
    b: np.ndarray,
    alternative: Alternative = "two-sided",
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> PermutationTest:
    """Return the test of mean a - mean b under random reassignment of the conditions.

    Parameters
    ----------
    a, b : ndarray, shape (n_a,) and (n_b,)
        One score per participant, in any unit; NaN scores are left out.
    alternative : {"two-sided", "less", "greater"}
        "less" asks whether mean a is below mean b; "two-sided" counts arrangements at least as far
        from zero in either direction.
    resamples, seed : int
        Number of arrangements, and the seed that draws them.

    Returns
    -------
    PermutationTest
        NaN where a group is empty.

    Raises
    ------
    ValueError
        For another alternative.

    References
    ----------
    Phipson and Smyth (2010) for the observed arrangement counted as one of them.
    """
    require_known("alternative", alternative, ALTERNATIVES)
    a, b = without_nan(a), without_nan(b)
    if not len(a) or not len(b):
        return PermutationTest(np.nan, np.nan, resamples, seed)
    values, counts = np.unique(np.concatenate([a, b]), return_counts=True)
    draws = np.random.default_rng(seed).multivariate_hypergeometric(
        counts, len(a), size=resamples, method="marginals"
    )
    sums = draws @ values
    total = float(values @ counts)
    differences = sums / len(a) - (total - sums) / len(b)
    observed = float(np.mean(a) - np.mean(b))
    p = _share(differences, observed, alternative)
    return PermutationTest(observed, p, resamples, seed)


def sign_flip_test(
    values: np.ndarray, centre: float, resamples: int = RESAMPLES, seed: int = 1
) -> PermutationTest:
    """Return the two-sided test of a mean under random signs of the distances from `centre`.

    Parameters
    ----------
    values : ndarray, shape (n,)
        One score per participant, in any unit; NaN scores are left out.
    centre : float
        The mean under the null hypothesis, about which the scores are assumed to be symmetric.
    resamples, seed : int
        Number of arrangements, and the seed that draws them.

    Returns
    -------
    PermutationTest
        NaN where there are no scores.
    """
    differences = without_nan(values) - centre
    if not len(differences):
        return PermutationTest(np.nan, np.nan, resamples, seed)
    sizes, counts = np.unique(np.abs(differences), return_counts=True)
    positive = np.random.default_rng(seed).binomial(counts, 0.5, size=(resamples, len(counts)))
    means = (2 * positive - counts) @ sizes / len(differences)
    observed = float(np.mean(differences))
    return PermutationTest(observed, _share(means, observed, "two-sided"), resamples, seed)


def _share(drawn: np.ndarray, observed: float, alternative: Alternative) -> float:
    # Sums in another order differ in their last bits; equal arrangements must count as equal.
    slack = 1e-9 * max(1.0, abs(observed))
    as_far = {
        "less": drawn <= observed + slack,
        "greater": drawn >= observed - slack,
        "two-sided": np.abs(drawn) >= abs(observed) - slack,
    }[alternative]
    return float((1 + as_far.sum()) / (1 + len(drawn)))
