"""Corrections for having made several tests."""

from collections.abc import Callable

import numpy as np
from scipy import stats

Adjustment = Callable[[np.ndarray], np.ndarray]


def holm(p_values: np.ndarray) -> np.ndarray:
    """Holm's step-down adjusted p: controls the chance of any false finding in the family.

    NaN, a test that could not be made, stays NaN and does not count. Source: Holm (1979).
    """
    return _adjust(p_values, _step_down)


def _step_down(p: np.ndarray) -> np.ndarray:
    """Not statsmodels' multipletests, which collects the process's garbage at every call."""
    order = np.argsort(p)
    multiplied = p[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.maximum.accumulate(multiplied), 1.0)
    return adjusted


def benjamini_hochberg(p_values: np.ndarray) -> np.ndarray:
    """Adjusted p that control the share of false findings: Benjamini and Hochberg (1995)."""
    return _adjust(p_values, lambda p: stats.false_discovery_control(p, method="bh"))


def _adjust(p_values: np.ndarray, correct: Adjustment) -> np.ndarray:
    p = np.asarray(p_values, dtype=float)
    adjusted = np.full(p.shape, np.nan)
    made = ~np.isnan(p)
    if made.any():
        adjusted[made] = correct(p[made])
    return adjusted


# By the name that a plan gives it, and by the name that a report prints.
ADJUSTMENTS: dict[str, Adjustment] = {"holm": holm, "benjamini_hochberg": benjamini_hochberg}
ADJUSTMENT_LABELS = {"holm": "Holm", "benjamini_hochberg": "Benjamini–Hochberg"}
