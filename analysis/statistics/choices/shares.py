"""The mean of scores between 0 and 1, with an interval that stays there."""

import numpy as np
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

# The weight of the largest possible variance, in participants. Found by simulation: a smaller one
# makes rare answers of a few participants look certain, a larger one is wide for all others.
PRIOR_WEIGHT = 0.005


def share_with_interval(values: np.ndarray, level: float = 0.95) -> dict[str, float]:
    """Return the mean of shares, its spread and its interval, as columns of a table.

    Parameters
    ----------
    values : ndarray, shape (n,)
        One share per participant, 0 to 1, without NaN; n >= 1.
    level : float
        Confidence level of the interval.

    Returns
    -------
    dict
        `n_participants`, `mean`, `standard_deviation`, `standard_error`, `ci_low`, `ci_high`; the
        interval is `share_interval`.
    """
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
    """Return the sample's standard deviation (n - 1).

    Parameters
    ----------
    values : ndarray, shape (n,)
        Numbers without NaN.

    Returns
    -------
    float
        Exactly 0 where all values are equal; NaN for fewer than two values.
    """
    if len(values) < 2:
        return float("nan")
    # The mean of equal numbers may differ from them in its last bit.
    return float(np.std(values, ddof=1)) if np.ptp(values) > 0 else 0.0


def share_interval(
    mean: float, deviation: float, n: int, level: float = 0.95
) -> tuple[float, float]:
    """Return the confidence interval of the mean of n participants' shares.

    Parameters
    ----------
    mean, deviation : float
        Mean and standard deviation (n - 1) of the shares, which lie between 0 and 1.
    n : int
        Number of participants.
    level : float
        Confidence level.

    Returns
    -------
    tuple of float
        Lower and upper end; NaN for fewer than two participants.

    Notes
    -----
    Wilson's interval on the effective sample size: the number of independent yes-or-no answers
    whose mean would vary as much as this one, with Student's quantile for n participants. The
    variance is drawn towards the largest that shares of this mean can have, mean (1 - mean):
    `PRIOR_WEIGHT` is weighed against the number of the rarer answers, n min(mean, 1 - mean). Where
    all shares are 0, or all are 1, nothing shows how far participants differ; each of them then
    counts as one answer, with the normal quantile.

    References
    ----------
    Wilson (1927); Rothman (1978) and Korn and Graubard (1998) for the effective size.
    `docs/analysis.md` has the coverage.

    Examples
    --------
    >>> low, high = share_interval(mean=0.3, deviation=0.2, n=58)
    >>> round(low, 3), round(high, 3)
    (0.25, 0.355)
    """
    if n < 2:
        return float("nan"), float("nan")
    largest = mean * (1 - mean)
    rarer = n * min(mean, 1 - mean)
    effective, quantile = float(n), float(stats.norm.ppf((1 + level) / 2))
    if largest > 0:
        spread = (rarer * deviation**2 / largest + PRIOR_WEIGHT) / (rarer + PRIOR_WEIGHT)
        effective, quantile = n / spread, float(stats.t.ppf((1 + level) / 2, n - 1))
    # statsmodels asks for the level at which a normal quantile would be this one.
    alpha = 2 * float(stats.norm.sf(quantile))
    low, high = proportion_confint(mean * effective, effective, alpha, method="wilson")
    return float(low), float(high)
