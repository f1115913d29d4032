"""The gradient of Laplace's log-likelihood by the fixed effects and the variances."""

import numpy as np
from scipy.linalg import lu_solve

from analysis.statistics.mixed.cells import Cells
from analysis.statistics.mixed.laplace import Mode, solve


def gradient(data: Cells, mode: Mode) -> np.ndarray:
    """Return the derivatives by beta, then by the variances.

    Parameters
    ----------
    data : Cells
        The counts.
    mode : Mode
        The mode at the parameters.

    Returns
    -------
    ndarray, shape (n_fixed + n_variances,)
        By variances, not standard deviations, so that they are finite and informative at 0.

    Notes
    -----
    The mode moves with the parameters, and the determinant with the mode; its derivative by a
    logit is w' h, with the derivative w' of the weight p (1 - p) and the posterior variance h of
    the logit. Implicit differentiation of u = Z'(y - p) gives how far the mode moves.

    References
    ----------
    Kristensen, Nielsen, Berg, Skaug and Bell (2016), TMB: automatic differentiation and Laplace
    approximation, section 2.
    """
    own = mode.variances[data.group]
    # Posterior covariance of the cells.
    covariance = data.random @ (own[:, None] * lu_solve(mode.factors, data.random.T))
    rest, pull_cells, weight_cells = (np.zeros(len(data.fixed)) for _ in range(3))
    pull_people, information = [], 0.0
    for block, part in zip(data.blocks, mode.parts, strict=True):
        inner = covariance[np.ix_(block.cells, block.cells)]
        weighted = part.weights @ inner
        quadratic = (weighted * part.weights).sum(axis=1)
        variance = part.spread + part.spread**2 * quadratic
        h = variance[:, None] - 2 * part.spread[:, None] * weighted + np.diag(inner)
        pull = -0.5 * part.weights * (1 - 2 * part.p) * h
        pull_people.append(pull.sum(axis=1))
        pull_cells[block.cells] += pull.sum(axis=0)
        rest[block.cells] += (block.right - block.asked * part.p).sum(axis=0)
        weight_cells[block.cells] += part.weights.sum(axis=0)
        shrunk = 1 + mode.variances[0] * part.total
        information += float((part.total / shrunk - quadratic / shrunk**2).sum())
    q_people, q_cells = solve(data, mode, pull_people, data.random.T @ pull_cells)
    moved = weight_cells * (data.random @ (own * q_cells))
    for block, part, q in zip(data.blocks, mode.parts, q_people, strict=True):
        moved[block.cells] += part.weights.T @ (mode.variances[0] * q)
    by_beta = data.fixed.T @ (rest + pull_cells - moved)
    by_person = -0.5 * information + sum(
        float(u @ (0.5 * u + q)) for u, q in zip(mode.people, q_people, strict=True)
    )
    by_column = mode.cells * (0.5 * mode.cells + q_cells) - 0.5 * np.diag(
        lu_solve(mode.factors, mode.schur)
    )
    by_variance = np.bincount(data.group, weights=by_column, minlength=len(mode.variances))
    by_variance[0] = by_person
    return np.concatenate([by_beta, by_variance])
