"""Agreement between participants who saw the same items: Krippendorff's alpha."""

import numpy as np
import pandas as pd

from analysis.statistics.means.mean_tests import t_interval
from analysis.statistics.ranks.effect_sizes import Interval


def krippendorff_alpha(counts: np.ndarray) -> float:
    """Return Krippendorff's alpha for nominal values.

    Parameters
    ----------
    counts : ndarray, shape (n_units, n_values)
        How often each value was given to each unit. Units with fewer than two values say nothing
        about agreement and are left out.

    Returns
    -------
    float
        1 where all agree, 0 for as much agreement as by chance, negative for less; NaN where no
        unit is left or only one value occurs.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's alpha-reliability, section C.

    Examples
    --------
    >>> round(krippendorff_alpha(np.array([[3, 0], [0, 3], [2, 1]])), 3)
    0.6
    """
    counts = np.asarray(counts, dtype=float)
    sizes = counts.sum(axis=1)
    counts, sizes = counts[sizes > 1], sizes[sizes > 1]
    totals = counts.sum(axis=0)
    n = totals.sum()
    if n == 0:
        return float("nan")
    expected = n * n - (totals**2).sum()
    if expected == 0:
        return float("nan")
    observed = ((sizes**2 - (counts**2).sum(axis=1)) / (sizes - 1)).sum()
    return float(1 - (n - 1) * observed / expected)


def answer_counts(trials: pd.DataFrame) -> pd.DataFrame:
    """Return how often each answer was given to each item.

    Parameters
    ----------
    trials : DataFrame
        One row per trial; columns item and response, NaN where unanswered.

    Returns
    -------
    DataFrame, shape (n_items, n_answers)
        Counts over answered trials.
    """
    answered = trials[trials["response"].notna()]
    sizes = answered.groupby(["item", "response"], observed=True).size()
    return sizes.unstack("response", fill_value=0)


def agreement(trials: pd.DataFrame, level: float = 0.95) -> Interval:
    """Return Krippendorff's alpha of the answers, with items as units.

    Parameters
    ----------
    trials : DataFrame
        One row per trial; columns item and response, NaN where unanswered.
    level : float
        Confidence level.

    Returns
    -------
    Interval
        With its `jackknife_interval`.
    """
    counts = answer_counts(trials).to_numpy(dtype=float)
    estimate = krippendorff_alpha(counts)
    return Interval(estimate, *jackknife_interval(counts, estimate, level))


def jackknife_interval(
    counts: np.ndarray, estimate: float, level: float = 0.95
) -> tuple[float, float]:
    """Return the jackknife interval of alpha, which leaves out one unit at a time.

    Parameters
    ----------
    counts : ndarray, shape (n_units, n_values)
        As for `krippendorff_alpha`.
    estimate : float
        Alpha of all units.
    level : float
        Confidence level.

    Returns
    -------
    tuple of float
        Lower and upper end; NaN for fewer than two units, and where no unit changes alpha.

    Notes
    -----
    The jackknife runs on Fisher's z of an intraclass correlation of k values, ln((1 + (k - 1) r) /
    (1 - r)), since alpha, which equals such a correlation up to small terms, is skewed over a dozen
    units. k is the mean number of values given to a unit. Where z is infinite, as when all
    disagreement is about one unit, it runs on alpha itself. The interval lies around the mean of
    the pseudo-values, which is less biased than the estimate.

    References
    ----------
    Fisher (1925), Statistical Methods, section 39; Arvesen and Schmitz (1970) and Miller (1974) for
    the jackknife of a variance-stabilised statistic; Fleiss and Cohen (1973) for the equivalence.
    """
    counts = counts[counts.sum(axis=1) > 1]
    n = len(counts)
    if n < 2 or np.isnan(estimate):
        return float("nan"), float("nan")
    without = np.array([krippendorff_alpha(np.delete(counts, item, axis=0)) for item in range(n)])
    if np.ptp(without) == 0:
        return float("nan"), float("nan")
    others = float(counts.sum() / n) - 1
    if min(estimate, without.min()) * others <= -1 or max(estimate, without.max()) >= 1:
        low, high = t_interval(_pseudo_values(estimate, without), level)
        # Alpha is at most 1.
        return low, min(1.0, high)
    transformed = float(_fisher_z(np.array(estimate), others)), _fisher_z(without, others)
    low, high = t_interval(_pseudo_values(*transformed), level)
    return _from_fisher_z(low, others), _from_fisher_z(high, others)


def _fisher_z(correlation: np.ndarray, others: float) -> np.ndarray:
    """Twice Fisher's z of an intraclass correlation of `others` + 1 values."""
    z: np.ndarray = np.log((1 + others * correlation) / (1 - correlation))
    return z


def _from_fisher_z(z: float, others: float) -> float:
    odds = float(np.exp(z))
    return (odds - 1) / (odds + others)


def _pseudo_values(estimate: float, without: np.ndarray) -> np.ndarray:
    """Tukey's pseudo-values."""
    n = len(without)
    pseudo: np.ndarray = n * estimate - (n - 1) * without
    return pseudo
