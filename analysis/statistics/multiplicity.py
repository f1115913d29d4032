"""Corrections of p-values for making several tests."""

from collections.abc import Callable

import numpy as np
from scipy import stats

Adjustment = Callable[[np.ndarray], np.ndarray]


def holm(p_values: np.ndarray) -> np.ndarray:
    """Return Holm's step-down adjusted p, which control the chance of any false finding.

    Parameters
    ----------
    p_values : ndarray, shape (n,)
        p of each test of a family; NaN for a test that could not be made, which does not count.

    Returns
    -------
    ndarray, shape (n,)
        In the order of the tests, at most 1; NaN stays NaN.

    References
    ----------
    Holm (1979).

    Examples
    --------
    >>> holm(np.array([0.02, 0.01, np.nan])).round(3).tolist()
    [0.02, 0.02, nan]
    """
    return _adjust(p_values, _step_down)


def _step_down(p: np.ndarray) -> np.ndarray:
    """Without statsmodels' multipletests, which runs the garbage collector in every call."""
    order = np.argsort(p)
    multiplied = p[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.maximum.accumulate(multiplied), 1.0)
    return adjusted


def benjamini_hochberg(p_values: np.ndarray) -> np.ndarray:
    """Return adjusted p that control the share of false findings among all findings.

    Parameters
    ----------
    p_values : ndarray, shape (n,)
        p of each test of a family; NaN for a test that could not be made, which does not count.

    Returns
    -------
    ndarray, shape (n,)
        In the order of the tests; NaN stays NaN.

    References
    ----------
    Benjamini and Hochberg (1995).
    """
    return _adjust(p_values, lambda p: stats.false_discovery_control(p, method="bh"))


def _adjust(p_values: np.ndarray, correct: Adjustment) -> np.ndarray:
    p = np.asarray(p_values, dtype=float)
    adjusted = np.full(p.shape, np.nan)
    made = ~np.isnan(p)
    if made.any():
        adjusted[made] = correct(p[made])
    return adjusted


# By its name in a plan, and its name in a report.
ADJUSTMENTS: dict[str, Adjustment] = {"holm": holm, "benjamini_hochberg": benjamini_hochberg}
ADJUSTMENT_LABELS = {"holm": "Holm", "benjamini_hochberg": "Benjamini–Hochberg"}
