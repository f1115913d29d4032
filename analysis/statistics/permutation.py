"""Seeded permutation tests on participants' scores.

Scores take few distinct values, so an arrangement is drawn as the number of participants with each
value in the first group: the same distribution as shuffling, at a cost that does not grow with n.
"""

from dataclasses import dataclass

import numpy as np

from analysis.data.validation import require_known
from analysis.statistics.alternatives import ALTERNATIVES, Alternative
from analysis.statistics.mann_whitney import without_nan

RESAMPLES = 9_999


@dataclass(frozen=True)
class PermutationTest:
    """p of an observed statistic among seeded random arrangements, itself counted as one."""

    statistic: float
    p_value: float
    resamples: int
    seed: int


def permutation_test(
    a: np.ndarray,
    b: np.ndarray,
    alternative: Alternative = "two-sided",
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> PermutationTest:
    """Whether mean a - mean b is larger than when the conditions are handed out anew at random.

    Two-sided counts arrangements at least as far from zero in either direction. NaN scores are left
    out; an empty group gives NaN. Source of the (1 + count) / (1 + resamples): Phipson, Smyth
    (2010).
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
    """Whether the mean of `values` differs from `centre`, by flipping the signs of the differences.

    Assumes, under the null hypothesis, scores that lie symmetrically about `centre`. Two-sided.
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
