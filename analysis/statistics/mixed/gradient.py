"""The gradient of Laplace's log-likelihood by all parameters."""

import numpy as np
from scipy.linalg import lu_solve

from analysis.statistics.mixed.cells import Cells
from analysis.statistics.mixed.laplace import Mode, Part, solve
from analysis.statistics.mixed.people import Block


def gradient(data: Cells, mode: Mode) -> np.ndarray:
    """Return the derivatives by beta, then by variances and covariances.

    Parameters
    ----------
    data : Cells
        The counts.
    mode : Mode
        The mode at the parameters.

    Returns
    -------
    ndarray, shape (n_fixed + n_parameters,)
        By variances, not standard deviations, so that they are finite and informative at 0.

    Notes
    -----
    The mode moves with the parameters, and the determinant with the mode; its derivative by a
    logit is w' h, with the derivative w' of the weight p (1 - p) and the posterior variance h of
    the logit. Implicit differentiation of u = Z'(y - p) gives how far the mode moves. By a
    covariance, the determinant's own derivative is the trace of K = (I + Z'WZ G)^-1 Z'WZ times that
    of G.

    References
    ----------
    Kristensen, Nielsen, Berg, Skaug and Bell (2016), TMB: automatic differentiation and Laplace
    approximation, section 2.
    """
    own, sums = mode.parameters[data.group], data.people.covariance(mode.parameters)
    factors, schur = mode.curvature.factors, mode.curvature.schur
    # Posterior covariance of the cells.
    covariance = data.random @ (own[:, None] * lu_solve(factors, data.random.T))
    rest, pull_cells, weight_cells = (np.zeros(len(data.fixed)) for _ in range(3))
    # The derivatives by the covariance matrix of all sums of a participant's effects.
    by_covariance = np.zeros(data.people.basis.shape[1:])
    pull_people = []
    for block, part in zip(data.blocks, mode.parts, strict=True):
        inner = covariance[block.cells[:, None], block.cells]
        h, information = _posterior_of_logits(block, part, inner)
        pull = -0.5 * part.weights * (1 - 2 * part.p) * h
        pull_people.append(block.by_effect(pull))
        pull_cells[block.cells] += pull.sum(axis=0)
        rest[block.cells] += (block.right - block.asked * part.p).sum(axis=0)
        weight_cells[block.cells] += part.weights.sum(axis=0)
        by_covariance[block.effects[:, None], block.effects] -= 0.5 * information
    q_people, q_cells = solve(data, mode, pull_people, data.random.T @ pull_cells)
    moved = weight_cells * (data.random @ (own * q_cells))
    for block, part, u, q in zip(data.blocks, mode.parts, mode.people, q_people, strict=True):
        moved[block.cells] += block.by_column(part.weights, block.own(sums) @ q)
        by_covariance[block.effects[:, None], block.effects] += (0.5 * u + q) @ u.T
    by_beta = data.fixed.T @ (rest + pull_cells - moved)
    by_people = np.tensordot(data.people.basis, by_covariance, axes=2)
    by_column = mode.cells * (0.5 * mode.cells + q_cells) - 0.5 * np.diag(lu_solve(factors, schur))
    by_item = np.bincount(data.group, weights=by_column, minlength=len(mode.parameters))
    return np.concatenate([by_beta, by_people, by_item[len(by_people) :]])


def _posterior_of_logits(
    block: Block, part: Part, inner: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The posterior variance of each logit, and the sum of participants' own K (see `gradient`).

    `inner` is the posterior covariance of the block's cells.
    """
    # What a cell shares with each effect of a participant.
    shared = [part.weights[:, own] @ inner[own] for own in block.columns]
    between = np.stack([block.by_effect(part.weights * row) for row in shared])
    adjusted = np.einsum("abn,bcn->acn", part.spread, between)
    variance = part.spread + np.einsum("abn,bcn->acn", adjusted, part.spread)
    h = np.empty_like(part.weights)
    for place, own in enumerate(block.columns):
        h[:, own] = variance[place, place][:, None] + np.diag(inner)[own]
        for row, weight in zip(shared, part.spread[place], strict=True):
            h[:, own] -= 2 * weight[:, None] * row[:, own]
    # K = M - M S M - T Q T' with T = I - M S.
    shrinkage = np.eye(len(part.total))[:, :, None] - part.total[:, None] * part.spread
    kept = np.einsum("abn,bcn->acn", shrinkage, between)
    information = np.diag(part.total.sum(axis=1)) - np.einsum(
        "an,abn,bn->ab", part.total, part.spread, part.total
    )
    return h, information - np.einsum("abn,cbn->ac", kept, shrinkage)
