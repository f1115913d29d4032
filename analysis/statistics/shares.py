"""The mean of scores between 0 and 1 with an interval that stays there."""

import numpy as np
from scipy import stats

# With how many participants' weight the largest possible variance enters. Found by simulation:
# less lets rare answers that a few participants give look certain, more is wide for all others.
PRIOR_WEIGHT = 0.005


def share_with_interval(values: np.ndarray, level: float = 0.95) -> dict[str, float]:
    """Mean, spread and interval of shares (one a participant, 0 to 1), as columns of a table."""
    n = len(values)
    mean = float(np.mean(values))
    deviation = standard_deviation(values)
    low, high = share_interval(mean, deviation, n, level)
    return {
        "n_participants": n,
        "mean": mean,
        "standard_deviation": deviation,
        "standard_error": float(deviation / np.sqrt(n)),
        "ci_low": low,
        "ci_high": high,
    }


def standard_deviation(values: np.ndarray) -> float:
    """The sample's deviation (n - 1): 0 where all are equal, NaN for fewer than two."""
    if len(values) < 2:
        return float("nan")
    # The mean of equal numbers may differ from them in its last bit.
    return float(np.std(values, ddof=1)) if np.ptp(values) > 0 else 0.0


def share_interval(
    mean: float, deviation: float, n: int, level: float = 0.95
) -> tuple[float, float]:
    """Interval of the mean of n participants' shares; NaN for fewer than two participants.

    Wilson's, on the effective sample size: the number of single yes-or-no answers whose mean has
    the variance that these participants' mean has, with Student's quantile for n participants. The
    variance is drawn towards the largest that shares of this mean can have, mean (1 - mean): by the
    weight of `PRIOR_WEIGHT` against that of the rarer answers, n min(mean, 1 - mean). Where all are
    0, or all are 1, nothing shows how far participants differ, and each of them counts as one
    answer, with the normal quantile.

    Source: Wilson (1927); Rothman (1978) and Korn and Graubard (1998) for the effective size; the
    weight and the coverage: `docs/analysis.md`.
    """
    if n < 2:
        return float("nan"), float("nan")
    largest = mean * (1 - mean)
    rarer = n * min(mean, 1 - mean)
    if largest <= 0:
        effective, quantile = float(n), float(stats.norm.ppf((1 + level) / 2))
    else:
        spread = (rarer * deviation**2 / largest + PRIOR_WEIGHT) / (rarer + PRIOR_WEIGHT)
        effective, quantile = n / spread, float(stats.t.ppf((1 + level) / 2, n - 1))
    low, high = wilson(np.array(mean), np.array(effective), quantile)
    return max(0.0, float(low)), min(1.0, float(high))


def wilson(
    share: np.ndarray, effective: np.ndarray, quantile: float
) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's interval of shares out of `effective` answers each."""
    square = quantile**2 / effective
    half = np.sqrt(square * (share * (1 - share) + square / 4))
    centre = share + square / 2
    return (centre - half) / (1 + square), (centre + half) / (1 + square)
