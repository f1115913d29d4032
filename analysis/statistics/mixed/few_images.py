"""How uncertain a contrast is where few images, or few participants, show how much they vary.

The errors of a fit take its variances as known. Maximum likelihood estimates them too small, by
the share of units that the fixed effects use up, and few units estimate them badly. Here, the
variance of a contrast is inflated to that of restricted maximum likelihood, and has the degrees of
freedom that Satterthwaite's method gives it.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lu_solve

from analysis.statistics.mixed.cells import Cells
from analysis.statistics.mixed.covariances import lower_triangles
from analysis.statistics.mixed.fit import Fit
from analysis.statistics.mixed.laplace import Mode, curvature, find_mode


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
        self.mode = find_mode(data, fit.beta, fit.parameters)
        n = len(fit.beta)
        # Without a maximum of the likelihood, nothing is known of the uncertainty.
        self.spread = np.nan_to_num(fit.covariance[n:, n:])
        self.at_fit, slopes = fixed_information(data, self.mode, fit.parameters)
        # What restricted likelihood adds to the slope: minus half that of the log determinant.
        slope = np.array([-0.5 * np.trace(np.linalg.solve(self.at_fit, own)) for own in slopes])
        restricted, self.growth = self._restricted(self.spread @ slope)
        self.at_restricted, self.slopes = fixed_information(data, self.mode, restricted)

    def _restricted(self, step: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The parameters after the step, as far as it adds variance, and by what each grows.

        A covariance grows as its two variances do.
        """
        factors = self.data.factors
        found, growths = [], []
        for matrix, change in zip(
            factors.matrices(self.fit.parameters), factors.matrices(step), strict=True
        ):
            values, axes = np.linalg.eigh(change)
            found.append(matrix + (axes * np.maximum(values, 0)) @ axes.T)
            before, after = np.diag(matrix), np.diag(found[-1])
            growth = np.sqrt(np.divide(after, before, out=np.ones(len(after)), where=before > 0))
            growths.append(np.outer(growth, growth))
        return lower_triangles(found), lower_triangles(growths)

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
        moved = np.linalg.solve(self.at_restricted, direction)
        slope = -np.array([moved @ own @ moved for own in self.slopes])
        weighted = slope * self.growth**1.5
        uncertainty = float(weighted @ self.spread @ weighted)
        return Precision(
            inflation=float(np.sqrt(max(1.0, variance / _variance(self.at_fit, direction)))),
            df=max(1.0, 2 * variance**2 / uncertainty) if uncertainty > 0 else float("inf"),
        )


def _variance(information: np.ndarray, direction: np.ndarray) -> float:
    return float(direction @ np.linalg.solve(information, direction))


def fixed_information(
    data: Cells, mode: Mode, parameters: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the information on the fixed effects for other variances at the mode's weights.

    Parameters
    ----------
    data : Cells
        The counts.
    mode : Mode
        Whose weights are taken.
    parameters : ndarray, shape (n_parameters,)
        Variances and covariances of the random effects.

    Returns
    -------
    information : ndarray, shape (n_fixed, n_fixed)
        X'V^-1 X, with the random effects eliminated.
    slopes : ndarray, shape (n_parameters, n_fixed, n_fixed)
        Its derivatives: minus X'V^-1 Z dG Z'V^-1 X by a parameter of the covariances G.
    """
    parts, found = curvature(data, parameters, [(part.p, part.weights) for part in mode.parts])
    own = parameters[data.group]
    of_cells = lu_solve(found.factors, data.random.T @ found.information @ data.fixed)
    moved = data.fixed - data.random @ (own[:, None] * of_cells)
    n_sums, n_fixed = len(data.people.basis[0]), data.fixed.shape[1]
    products = np.zeros((n_sums, n_sums, n_fixed, n_fixed))
    for block, part in zip(data.blocks, parts, strict=True):
        weighted = block.weighted(part.weights, moved[block.cells])
        of_people = weighted - part.total[:, :, None] * np.einsum(
            "abn,bnf->anf", part.spread, weighted
        )
        products[block.effects[:, None], block.effects] += np.einsum(
            "anf,bng->abfg", of_people, of_people, optimize=True
        )
    slopes = np.zeros((len(parameters), n_fixed, n_fixed))
    slopes[: len(data.people.basis)] = -np.einsum("kab,abfg->kfg", data.people.basis, products)
    for place in range(len(data.people.basis), len(parameters)):
        columns = of_cells[data.group == place]
        slopes[place] = -columns.T @ columns
    return data.fixed.T @ found.information @ moved, slopes
