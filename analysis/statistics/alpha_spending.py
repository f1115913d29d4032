"""Critical values of repeated looks at growing data, by alpha spending."""

from collections.abc import Callable, Sequence
from math import e, sqrt

import numpy as np
from scipy import stats
from scipy.optimize import brentq

# Beyond this number of standard deviations, nothing is left that counts at double precision.
FAR = 9.0
N_NODES = 500


def obrien_fleming(alpha: float, fraction: float) -> float:
    """Return the error spent by O'Brien and Fleming's rule: hardly any early.

    Parameters
    ----------
    alpha : float
        The error of all looks together, one-sided.
    fraction : float
        The share of the full sample, above 0 and up to 1.

    Returns
    -------
    float
        2 - 2 Phi(z / sqrt(fraction)), where z is the upper alpha / 2 quantile.

    References
    ----------
    Lan and DeMets (1983), Discrete sequential boundaries for clinical trials, Biometrika 70.
    """
    return float(2 * stats.norm.sf(stats.norm.isf(alpha / 2) / sqrt(fraction)))


def pocock(alpha: float, fraction: float) -> float:
    """Return the error spent by Pocock's rule: about the same at each look.

    Parameters
    ----------
    alpha : float
        The error of all looks together, one-sided.
    fraction : float
        The share of the full sample, above 0 and up to 1.

    Returns
    -------
    float
        alpha log(1 + (e - 1) fraction).

    References
    ----------
    Lan and DeMets (1983), as above.
    """
    return float(alpha * np.log(1 + (e - 1) * fraction))


SPENDINGS: dict[str, Callable[[float, float], float]] = {
    "obrien_fleming": obrien_fleming,
    "pocock": pocock,
}


def critical_values(fractions: Sequence[float], alpha: float, spending: str) -> list[float]:
    """Return the standard normal value that a statistic must exceed at each look.

    Parameters
    ----------
    fractions : sequence of float
        The share of the full sample at each look, ascending, up to 1.
    alpha : float
        The error of all looks together, one-sided.
    spending : str
        A key of `SPENDINGS`.

    Returns
    -------
    list of float
        One for each look. Under the null hypothesis, the chance that a look is the first to exceed
        its value is what the rule spends between the look before and it.

    Raises
    ------
    ValueError
        If the fractions are not ascending within 0 and 1.

    Notes
    -----
    The statistics are a Brownian motion seen at the fractions. Its density among those that have
    not exceeded a value yet follows from that of the look before by Gauss-Legendre quadrature
    (Armitage, McPherson and Rowe, 1969).

    Examples
    --------
    >>> [round(value, 4) for value in critical_values([0.5, 1], 0.025, "obrien_fleming")]
    [2.9626, 1.9686]
    """
    steps = np.diff([0.0, *fractions])
    if not len(steps) or (steps <= 0).any() or fractions[-1] > 1:
        raise ValueError(f"fractions must be ascending between 0 and 1, but got {fractions}")
    spent = [SPENDINGS[spending](alpha, fraction) for fraction in fractions]
    nodes, weights = np.zeros(1), np.ones(1)
    values = []
    for fraction, step, error in zip(fractions, steps, np.diff([0.0, *spent]), strict=True):
        bound = _bound(nodes, weights, sqrt(step), float(error), sqrt(fraction))
        values.append(bound / sqrt(fraction))
        nodes, weights = _spread(nodes, weights, sqrt(step), -FAR * sqrt(fraction), bound)
    return values


def _bound(
    nodes: np.ndarray, weights: np.ndarray, deviation: float, error: float, scale: float
) -> float:
    """Return what the motion exceeds next with the chance `error`."""

    def excess(bound: float) -> float:
        return float(weights @ stats.norm.sf((bound - nodes) / deviation)) - error

    if excess(FAR * scale) > 0:
        return FAR * scale
    return float(brentq(excess, -FAR * scale, FAR * scale, xtol=1e-12))


def _spread(
    nodes: np.ndarray, weights: np.ndarray, deviation: float, low: float, bound: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return where the motion is at a look, below the bound, as nodes with their chances."""
    places, parts = np.polynomial.legendre.leggauss(N_NODES)
    at = (bound - low) / 2 * places + (bound + low) / 2
    density = stats.norm.pdf((at[:, None] - nodes) / deviation) / deviation @ weights
    return at, density * parts * (bound - low) / 2


def levels(
    fractions: Sequence[float], alpha: float, spending: str, is_two_sided: bool = False
) -> list[float]:
    """Return the p that a test must be below at each look.

    Parameters
    ----------
    fractions : sequence of float
        As for `critical_values`.
    alpha : float
        The error of all looks together, of one side or of both.
    spending : str
        A key of `SPENDINGS`.
    is_two_sided : bool
        Whether the test's p is two-sided; half of alpha is then spent on each side.

    Returns
    -------
    list of float
        One for each look.
    """
    sides = 2 if is_two_sided else 1
    values = critical_values(fractions, alpha / sides, spending)
    return [float(sides * stats.norm.sf(value)) for value in values]
