"""Effects of the conditions in a fitted model: odds ratios, and differences of probabilities."""

from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.special import expit

from analysis.statistics.mixed.cells import Cells
from analysis.statistics.mixed.fit import Fit
from analysis.statistics.ranks.effect_sizes import Interval

# Nodes of the average over the random effects: exact to 1e-9 for variances up to 9.
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(61)


@dataclass(frozen=True)
class ConditionContrast:
    """Condition a against b in a stratum, or how that differs between two strata.

    Attributes
    ----------
    condition_a, condition_b : str
        The conditions compared.
    stratum : str
        Where they are compared.
    odds_ratio : Interval
        For a participant and an image with average random effects; for an interaction, the ratio
        of the odds ratios.
    points : Interval
        The difference of the probabilities of a correct answer, averaged over participants and
        images like these; for an interaction, the difference of the differences.
    pvalue : float
        Two-sided, of an odds ratio of 1.
    """

    condition_a: str
    condition_b: str
    stratum: str
    odds_ratio: Interval
    points: Interval
    pvalue: float


def compare(
    data: Cells, fit: Fit, condition_a: str, condition_b: str, stratum: str, level: float = 0.95
) -> ConditionContrast:
    """Return condition a against b in one stratum, with Wald's intervals.

    Parameters
    ----------
    data : Cells
        The counts.
    fit : Fit
        Their fit.
    condition_a, condition_b : str
        The conditions compared.
    stratum : str
        Where.
    level : float
        Confidence level.

    Returns
    -------
    ConditionContrast
        Intervals are NaN where the information has no inverse.
    """
    a, b = (_row(data, name, stratum) for name in (condition_a, condition_b))
    names = (condition_a, condition_b, stratum)
    return _contrast(fit, names, np.array([a, b]), np.array([1.0, -1.0]), level)


def interaction(
    data: Cells, fit: Fit, condition_a: str, condition_b: str, stratum: str, level: float = 0.95
) -> ConditionContrast:
    """Return how much more condition a adds over b in `stratum` than in the other stratum.

    Parameters
    ----------
    data : Cells
        The counts, of two strata.
    fit : Fit
        Their fit.
    condition_a, condition_b : str
        The conditions compared.
    stratum : str
        The stratum whose difference counts positively.
    level : float
        Confidence level.

    Returns
    -------
    ConditionContrast
        With the name of `stratum`.
    """
    [other] = [name for name in data.strata if name != stratum]
    rows = [_row(data, c, s) for s in (stratum, other) for c in (condition_a, condition_b)]
    names = (condition_a, condition_b, stratum)
    return _contrast(fit, names, np.array(rows), np.array([1.0, -1.0, -1.0, 1.0]), level)


def _row(data: Cells, condition: str, stratum: str) -> np.ndarray:
    """The fixed effects' row of a condition in a stratum."""
    own = (data.table["condition"] == condition) & (data.table["stratum"] == stratum)
    row: np.ndarray = data.fixed[int(own.to_numpy().argmax())]
    return row


def _contrast(
    fit: Fit, names: tuple[str, str, str], rows: np.ndarray, signs: np.ndarray, level: float
) -> ConditionContrast:
    n = len(fit.beta)
    quantile = float(stats.norm.ppf((1 + level) / 2))
    direction = signs @ rows
    log_odds = float(direction @ fit.beta)
    error = float(np.sqrt(direction @ fit.covariance[:n, :n] @ direction))
    shares, slopes = zip(*(_marginal(fit, row) for row in rows), strict=True)
    points, slope = float(signs @ np.array(shares)), signs @ np.array(slopes)
    spread = float(np.sqrt(slope @ fit.covariance @ slope))
    # A difference of probabilities is at most 1, and one of two differences at most 2.
    half, most = quantile * spread, float(np.abs(signs).sum() / 2)
    with np.errstate(over="ignore"):
        odds = [float(np.exp(log_odds + k * quantile * error)) for k in (0, -1, 1)]
    return ConditionContrast(
        *names,
        odds_ratio=Interval(*odds),
        points=Interval(points, *np.clip([points - half, points + half], -most, most).tolist()),
        pvalue=float(2 * stats.norm.sf(abs(log_odds) / error)) if error > 0 else float("nan"),
    )


def _marginal(fit: Fit, row: np.ndarray) -> tuple[float, np.ndarray]:
    """The probability averaged over the random effects, and its derivatives by all parameters.

    By a variance, the derivative is half the average of the second derivative by the logit.
    """
    weights = WEIGHTS / WEIGHTS.sum()
    p = expit(row @ fit.beta + np.sqrt(fit.variances.sum()) * NODES)
    steep = p * (1 - p)
    by_variance = 0.5 * float(weights @ (steep * (1 - 2 * p)))
    slope = [float(weights @ steep) * row, np.full(len(fit.variances), by_variance)]
    return float(weights @ p), np.concatenate(slope)
