"""Agreement between participants who saw the same items: Krippendorff's alpha."""

import numpy as np
import pandas as pd

from analysis.effect_sizes import Interval

RESAMPLES = 2_000


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


def agreement(trials: pd.DataFrame, level: float = 0.95, seed: int = 1) -> Interval:
    """Alpha of the answers in `trials` with a percentile interval over items drawn anew."""
    counts = answer_counts(trials).to_numpy(dtype=float)
    estimate = krippendorff_alpha(counts)
    if len(counts) < 2 or np.isnan(estimate):
        return Interval(estimate, np.nan, np.nan)
    random = np.random.default_rng(seed)
    draws = random.integers(len(counts), size=(RESAMPLES, len(counts)))
    drawn = [krippendorff_alpha(counts[rows]) for rows in draws]
    low, high = np.nanquantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(estimate, float(low), float(high))
