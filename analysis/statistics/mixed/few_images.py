"""How uncertain a contrast is where few images, or few participants, show how much they vary.

The errors of a fit take its variances as known. Maximum likelihood estimates them too small, by
the share of units that the fixed effects use up, and few units estimate them badly. Here, the
variance of a contrast is inflated to that of restricted maximum likelihood, and has the degrees of
freedom that Satterthwaite's method gives it.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lu_factor, lu_solve

from analysis.statistics.mixed.cells import Cells
from analysis.statistics.mixed.fit import Fit
from analysis.statistics.mixed.laplace import Mode, find_mode

# The step of a variance, on the squared logit, in its difference quotients.
STEP = 1e-3


@dataclass(frozen=True)
class Precision:
    """Of one contrast.

    Attributes
    ----------
    inflation : float
        The factor of its standard error, at least 1.
    df : float
        Degrees of freedom of Student's t; infinite where its variance is known.
    """

    inflation: float
    df: float


class ErrorModel:
    """The variance of any contrast of the fixed effects, as a function of the random variances.

    Weights are held at the mode, so the model is a linear one with known weights, for which
    restricted likelihood and Satterthwaite's method are defined.

    Parameters
    ----------
    data : Cells
        The counts.
    fit : Fit
        Their fit.
    """

    def __init__(self, data: Cells, fit: Fit) -> None:
        self.data, self.fit = data, fit
        self.mode = find_mode(data, fit.beta, fit.variances)
        n = len(fit.beta)
        self.spread = fit.covariance[n:, n:]
        self.places = [
            k for k, variance in enumerate(fit.variances) if variance and self.spread[k, k] > 0
        ]
        fitted = self._around(fit.variances)
        self.at_fit = fitted[0]
        # Half the derivative of the log determinant: what restricted likelihood adds to the slope.
        slope = np.zeros(len(fit.variances))
        for k, (low, high, width) in fitted[1].items():
            slope[k] = (np.linalg.slogdet(low)[1] - np.linalg.slogdet(high)[1]) / (2 * width)
        restricted, self.growth = fit.variances.copy(), np.ones(len(fit.variances))
        for k in self.places:
            restricted[k] += max(0.0, float(self.spread[k] @ slope))
            self.growth[k] = restricted[k] / fit.variances[k]
        self.at_restricted, self.steps = self._around(restricted)

    def _around(
        self, variances: np.ndarray
    ) -> tuple[np.ndarray, dict[int, tuple[np.ndarray, np.ndarray, float]]]:
        """Informations at the variances, and a step to either side of each that is not 0."""
        steps = {}
        for k in self.places:
            size = min(STEP, variances[k] / 2)
            step = size * np.eye(len(variances))[k]
            low, high = (
                fixed_information(self.data, self.mode, variances + sign * step) for sign in (-1, 1)
            )
            steps[k] = low, high, 2 * size
        return fixed_information(self.data, self.mode, variances), steps

    def precision(self, direction: np.ndarray) -> Precision:
        """Return the precision of a contrast.

        Parameters
        ----------
        direction : ndarray, shape (n_fixed,)
            Weights of the fixed effects.

        Returns
        -------
        Precision
            Inflation 1 and infinite degrees of freedom where all variances are 0.

        Notes
        -----
        An estimated variance is about a chi-squared variable over its degrees of freedom f, so its
        own variance is 2 v^2 / f: the likelihood's, 2 v^2 / n, grows with the cube of n / f, the
        growth from the likelihood's variance to the restricted one's.

        References
        ----------
        Satterthwaite (1946). Schaalje, McBride and Fellingham (2002), Adequacy of approximations to
        distributions of test statistics in complex mixed linear models. Stroup (2013), Generalized
        linear mixed models, section 5.4.
        """
        variance = _variance(self.at_restricted, direction)
        slope = np.zeros(len(self.growth))
        for k, (low, high, width) in self.steps.items():
            slope[k] = (_variance(high, direction) - _variance(low, direction)) / width
        weighted = slope * self.growth**1.5
        uncertainty = float(weighted @ self.spread @ weighted)
        return Precision(
            inflation=float(np.sqrt(max(1.0, variance / _variance(self.at_fit, direction)))),
            df=max(1.0, 2 * variance**2 / uncertainty) if uncertainty > 0 else float("inf"),
        )


def _variance(information: np.ndarray, direction: np.ndarray) -> float:
    return float(direction @ np.linalg.solve(information, direction))


def fixed_information(data: Cells, mode: Mode, variances: np.ndarray) -> np.ndarray:
    """Return the information on the fixed effects for other variances at the mode's weights.

    Parameters
    ----------
    data : Cells
        The counts.
    mode : Mode
        Whose weights are taken.
    variances : ndarray, shape (n_variances,)
        Of the random effects; the participants' first.

    Returns
    -------
    ndarray, shape (n_fixed, n_fixed)
        X'V^-1 X, with the random effects eliminated.
    """
    information = np.zeros((len(data.fixed),) * 2)
    for block, part in zip(data.blocks, mode.parts, strict=True):
        spread = variances[0] / (1 + variances[0] * part.total)
        own = np.diag(part.weights.sum(axis=0)) - part.weights.T @ (spread[:, None] * part.weights)
        information[np.ix_(block.cells, block.cells)] += own
    own = variances[data.group]
    schur = data.random.T @ information @ data.random
    factors = lu_factor(np.eye(len(own)) + schur * own)
    half = lu_solve(factors, data.random.T @ information @ data.fixed)
    left: np.ndarray = information @ (data.fixed - data.random @ (own[:, None] * half))
    result: np.ndarray = data.fixed.T @ left
    return result
