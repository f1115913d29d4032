"""Effects of the conditions in a fitted model: odds ratios, and differences of probabilities."""

from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.special import expit

from analysis.statistics.mixed.cells import Cells
from analysis.statistics.mixed.few_images import ErrorModel
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
    df : float
        Degrees of freedom of Student's t in the p-value and both intervals.
    """

    condition_a: str
    condition_b: str
    stratum: str
    odds_ratio: Interval
    points: Interval
    pvalue: float
    df: float


def compare(
    errors: ErrorModel, condition_a: str, condition_b: str, stratum: str, level: float = 0.95
) -> ConditionContrast:
    """Return condition a against b in one stratum, with Student's intervals.

    Parameters
    ----------
    errors : ErrorModel
        The fit, and how precise its contrasts are.
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
    places = [_place(errors.data, name, stratum) for name in (condition_a, condition_b)]
    names = (condition_a, condition_b, stratum)
    return _contrast(errors, names, places, np.array([1.0, -1.0]), level)


def interaction(
    errors: ErrorModel, condition_a: str, condition_b: str, stratum: str, level: float = 0.95
) -> ConditionContrast:
    """Return how much more condition a adds over b in `stratum` than in the other stratum.

    Parameters
    ----------
    errors : ErrorModel
        The fit, of two strata, and how precise its contrasts are.
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
    [other] = [name for name in errors.data.strata if name != stratum]
    places = [
        _place(errors.data, name, where)
        for where in (stratum, other)
        for name in (condition_a, condition_b)
    ]
    names = (condition_a, condition_b, stratum)
    return _contrast(errors, names, places, np.array([1.0, -1.0, -1.0, 1.0]), level)


@dataclass(frozen=True)
class _Place:
    """A condition in a stratum: its row of fixed effects, and what varies there (`Cells.loads`)."""

    row: np.ndarray
    loads: np.ndarray


def _place(data: Cells, condition: str, stratum: str) -> _Place:
    own = (data.table["condition"] == condition) & (data.table["stratum"] == stratum)
    return _Place(data.fixed[int(own.to_numpy().argmax())], data.loads(condition, stratum))


def _contrast(
    errors: ErrorModel,
    names: tuple[str, str, str],
    places: list[_Place],
    signs: np.ndarray,
    level: float,
) -> ConditionContrast:
    fit, n = errors.fit, len(errors.fit.beta)
    direction = signs @ [place.row for place in places]
    precision = errors.precision(direction)
    # Standard errors that one estimate may be away from the truth.
    reach = float(stats.t.ppf((1 + level) / 2, precision.df)) * precision.inflation
    log_odds = float(direction @ fit.beta)
    error = float(np.sqrt(direction @ fit.covariance[:n, :n] @ direction))
    ends = log_odds - reach * error, log_odds + reach * error
    with np.errstate(over="ignore"):
        odds = [float(np.exp(value)) for value in (log_odds, *ends)]
    two_sided = 2 * stats.t.sf(abs(log_odds) / (error * precision.inflation), precision.df)
    return ConditionContrast(
        *names,
        odds_ratio=Interval(*odds),
        points=_points(fit, places, signs, ends, reach),
        pvalue=float(two_sided) if error > 0 else float("nan"),
        df=precision.df,
    )


def _points(
    fit: Fit, places: list[_Place], signs: np.ndarray, ends: tuple[float, float], reach: float
) -> Interval:
    """The contrast of probabilities, averaged over the random effects.

    For two conditions, its ends are where the log odds are at their ends, the other parameters
    moving with them as their covariance says, plus what the others add by themselves. Without a
    difference of the log odds there is none of the points, so both intervals exclude 0 together.
    """
    theta = np.concatenate([fit.beta, fit.parameters])
    points, slope = _marginal_contrast(theta, places, signs)
    if len(places) > 2:
        # A difference of two differences is at most 2, and its odds say nothing of its sign.
        half = reach * float(np.sqrt(slope @ fit.covariance @ slope))
        return Interval(points, *np.clip([points - half, points + half], -2, 2).tolist())
    rows = np.array([place.row for place in places])
    direction = np.concatenate([signs @ rows, np.zeros(len(fit.parameters))])
    moving = fit.covariance @ direction
    variance = float(direction @ moving)
    found = []
    for side, end in zip((-1, 1), ends, strict=True):
        there = theta + moving / variance * (end - float(direction @ theta))
        at_end, slope = _marginal_contrast(there, places, signs)
        rest = float(slope @ fit.covariance @ slope - (slope @ moving) ** 2 / variance)
        found.append(points + side * np.hypot(points - at_end, reach * np.sqrt(max(rest, 0.0))))
    return Interval(points, *np.clip(found, -1, 1).tolist())


def _marginal_contrast(
    theta: np.ndarray, places: list[_Place], signs: np.ndarray
) -> tuple[float, np.ndarray]:
    """The contrast of probabilities at fixed effects and parameters, and its derivatives."""
    shares, slopes = zip(*(_marginal(theta, place) for place in places), strict=True)
    return float(signs @ np.array(shares)), signs @ np.array(slopes)


def _marginal(theta: np.ndarray, place: _Place) -> tuple[float, np.ndarray]:
    """The probability averaged over the random effects, and its derivatives by all parameters.

    By a variance, the derivative is half the average of the second derivative by the logit.
    """
    beta, parameters = np.split(theta, [len(place.row)])
    weights = WEIGHTS / WEIGHTS.sum()
    variance = max(0.0, float(place.loads @ parameters))
    p = expit(place.row @ beta + np.sqrt(variance) * NODES)
    steep = p * (1 - p)
    by_variance = 0.5 * float(weights @ (steep * (1 - 2 * p)))
    slope = [float(weights @ steep) * place.row, by_variance * place.loads]
    return float(weights @ p), np.concatenate(slope)
