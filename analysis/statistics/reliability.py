"""Agreement between participants who saw the same items: Krippendorff's alpha."""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.statistics.effect_sizes import Interval


def krippendorff_alpha(counts: np.ndarray) -> float:
    """Nominal alpha from how often each value was given to each unit (units x values).

    1: all agree; 0: as much agreement as by chance; below: less. Units with fewer than two values
    say nothing about agreement and are left out; NaN where nothing is left or only one value
    occurs. Source: Krippendorff (2011), Computing Krippendorff's alpha-reliability, section C.
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
    """How often each answer was given to each item (items x answers), over answered trials."""
    answered = trials[trials["response"].notna()]
    sizes = answered.groupby(["item", "response"], observed=True).size()
    return sizes.unstack("response", fill_value=0)


def agreement(trials: pd.DataFrame, level: float = 0.95) -> Interval:
    """Alpha of the answers in `trials` with its `jackknife_interval`."""
    counts = answer_counts(trials).to_numpy(dtype=float)
    estimate = krippendorff_alpha(counts)
    return Interval(estimate, *jackknife_interval(counts, estimate, level))


def jackknife_interval(
    counts: np.ndarray, estimate: float, level: float = 0.95
) -> tuple[float, float]:
    """Student's interval from leaving out one item after the other.

    NaN for fewer than two items, and where none of them changes alpha.

    The jackknife runs on Fisher's z of an intraclass correlation of k values, ln((1 + (k - 1) r) /
    (1 - r)), where alpha is such a correlation in all but small terms: alpha itself is skewed over
    a dozen items. Where z is infinite, as when one item alone holds all disagreement, it runs on
    alpha. k is the mean number of values given to an item. The pseudo-values' mean, around which
    the interval lies, is less biased than the estimate.

    Source: Fisher (1925), Statistical Methods, section 39; Arvesen and Schmitz (1970) and Miller
    (1974) for jackknifing what has a stable variance; Fleiss and Cohen (1973) for the equivalence.
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
        low, high = _pseudo_interval(estimate, without, level)
        # Alpha is at most 1.
        return low, min(1.0, high)
    low, high = _pseudo_interval(
        float(_fisher_z(np.array(estimate), others)), _fisher_z(without, others), level
    )
    return _from_fisher_z(low, others), _from_fisher_z(high, others)


def _fisher_z(correlation: np.ndarray, others: float) -> np.ndarray:
    """Twice Fisher's z of an intraclass correlation of `others` + 1 values."""
    z: np.ndarray = np.log((1 + others * correlation) / (1 - correlation))
    return z


def _from_fisher_z(z: float, others: float) -> float:
    odds = float(np.exp(z))
    return (odds - 1) / (odds + others)


def _pseudo_interval(estimate: float, without: np.ndarray, level: float) -> tuple[float, float]:
    """Student's interval of the mean of Tukey's pseudo-values."""
    n = len(without)
    pseudo = n * estimate - (n - 1) * without
    half = float(stats.t.ppf((1 + level) / 2, n - 1) * np.std(pseudo, ddof=1) / np.sqrt(n))
    centre = float(np.mean(pseudo))
    return centre - half, centre + half
