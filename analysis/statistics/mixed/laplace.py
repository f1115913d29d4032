"""Laplace's approximation to the likelihood of a logistic model with crossed random effects.

The random effects b are G u with their covariances G; at the mode, u = Z'(y - p), which stays
finite where G has no inverse. Participants do not share answers, so their part of the curvature has
one small block for each, and is eliminated first (Schur): what is left is as large as the number of
cells.
"""

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from scipy.linalg import lu_factor, lu_solve

from analysis.statistics.mixed.cells import Cells

# The mode is found after a step in which no random effect moved by more, on the logit: Newton's
# error is then of the order of its square.
CLOSE = 1e-4
MOST_STEPS = 60
# Nobody's logits are lower; a search may try such, whose odds no number could hold.
LOWEST = -500.0


@dataclass
class Part:
    """One block at given effects: probabilities, weights, and the participants' share of them."""

    p: np.ndarray
    weights: np.ndarray
    # Sums of a participant's weights by effect, shape (q, n), and that participant's posterior
    # covariances given the cells, shape (q, q, n).
    total: np.ndarray
    spread: np.ndarray

    def shrunk(self, by_effect: np.ndarray) -> np.ndarray:
        """Return (I + M G)^-1 v with the totals M, for v of shape (q, n)."""
        found: np.ndarray = by_effect - self.total * np.einsum("abn,bn->an", self.spread, by_effect)
        return found


@dataclass
class Curvature:
    """The information on the random effects.

    `information` is that on the cells with participants eliminated, shape (n_cells, n_cells);
    `schur` is R'(information)R, and `factors` are those of I + that times G. `determinant` is the
    logarithm of that of I + Z'WZ G.
    """

    information: np.ndarray
    schur: np.ndarray
    factors: tuple[np.ndarray, np.ndarray]
    determinant: float


@dataclass
class Mode:
    """The most likely random effects for given parameters.

    `people` (one array per block, shape (q, n)) and `cells` are u; `value` is the log-likelihood.
    """

    beta: np.ndarray
    # Variances and covariances, as in `Cells.parameters`.
    parameters: np.ndarray
    people: list[np.ndarray]
    cells: np.ndarray
    parts: list[Part]
    curvature: Curvature
    value: float


def find_mode(
    data: Cells, beta: np.ndarray, parameters: np.ndarray, start: Mode | None = None
) -> Mode:
    """Return the mode of the random effects, by Newton's method with halved steps.

    Parameters
    ----------
    data : Cells
        The counts.
    beta : ndarray, shape (n_fixed,)
        Fixed effects on the logit.
    parameters : ndarray, shape (n_parameters,)
        Variances and covariances of the random effects.
    start : Mode, optional
        Where to begin; at 0 without one.

    Returns
    -------
    Mode
        With Laplace's log-likelihood.

    References
    ----------
    Bates, Maechler, Bolker and Walker (2015), Fitting linear mixed-effects models using lme4; its
    glmer with nAGQ = 1 maximises the same likelihood.
    """
    people = [part.copy() for part in start.people] if start else _zeros(data)
    cells = start.cells.copy() if start else np.zeros(data.random.shape[1])
    here = evaluate(data, beta, parameters, people, cells)
    own, covariance = parameters[data.group], data.people.covariance(parameters)
    for _ in range(MOST_STEPS):
        step_people, step_cells = solve(data, here, *_residuals(data, here))
        moved = max(
            float(np.abs(own * step_cells).max()),
            *(
                float(np.abs(block.own(covariance) @ step).max())
                for block, step in zip(data.blocks, step_people, strict=True)
            ),
        )
        here = _advance(data, here, step_people, step_cells)
        if moved < CLOSE:
            break
    here.value -= 0.5 * here.curvature.determinant
    return here


def _zeros(data: Cells) -> list[np.ndarray]:
    return [np.zeros((len(block.effects), len(block.right))) for block in data.blocks]


def _advance(data: Cells, here: Mode, people: list[np.ndarray], cells: np.ndarray) -> Mode:
    """The best of the step and its halves; the same place where none is better."""
    size = 1.0
    for _ in range(20):
        there = evaluate(
            data,
            here.beta,
            here.parameters,
            [old + size * step for old, step in zip(here.people, people, strict=True)],
            here.cells + size * cells,
        )
        # Rounding may lower the value where the step is tiny.
        if there.value >= here.value - 1e-9 * abs(here.value):
            return there
        size /= 2
    return here


def evaluate(
    data: Cells,
    beta: np.ndarray,
    parameters: np.ndarray,
    people: list[np.ndarray],
    cells: np.ndarray,
) -> Mode:
    """Return the penalised log-likelihood and the curvature at given random effects.

    Parameters
    ----------
    data : Cells
        The counts.
    beta, parameters : ndarray
        As in `find_mode`.
    people, cells : list of ndarray, ndarray
        The random effects, before their covariances multiply them.

    Returns
    -------
    Mode
        Whose value has no determinant yet.
    """
    own, covariance = parameters[data.group], data.people.covariance(parameters)
    level = data.fixed @ beta + data.random @ (own * cells)
    value = -0.5 * float(own @ cells**2)
    weighted = []
    for block, u in zip(data.blocks, people, strict=True):
        ability = block.own(covariance) @ u
        logit = block.spread(ability)
        logit += level[block.cells]
        np.maximum(logit, LOWEST, out=logit)
        odds = np.exp(-logit)
        whole = 1 + odds
        p = 1 / whole
        # Not by log1p, which takes longer: the sum needs no more digits.
        value += float(np.vdot(block.right - block.asked, logit))
        value -= float(np.vdot(block.asked, np.log(whole)))
        value -= 0.5 * float(np.vdot(u, ability))
        # p (1 - p), which keeps its digits where p is close to 1.
        weights = odds
        weights *= p
        weights *= p
        weights *= block.asked
        weighted.append((p, weights))
    parts, found = curvature(data, parameters, weighted)
    return Mode(beta, parameters, people, cells, parts, found, value)


def curvature(
    data: Cells, parameters: np.ndarray, weighted: list[tuple[np.ndarray, np.ndarray]]
) -> tuple[list[Part], Curvature]:
    """Return the information on the random effects at given weights, participants eliminated.

    Parameters
    ----------
    data : Cells
        The counts.
    parameters : ndarray, shape (n_parameters,)
        Variances and covariances of the random effects.
    weighted : list of tuple of ndarray
        Each block's probabilities and weights.

    Returns
    -------
    tuple of list of Part and Curvature
    """
    n_cells, covariance = len(data.fixed), data.people.covariance(parameters)
    information = np.zeros((n_cells, n_cells))
    determinant = 0.0
    parts = []
    for block, (p, weights) in zip(data.blocks, weighted, strict=True):
        total = block.by_effect(weights)
        spread, own_determinant = _posterior(block.own(covariance), total)
        determinant += own_determinant
        for (i, first), (j, second) in combinations_with_replacement(enumerate(block.columns), 2):
            shared = weights[:, first].T @ (spread[i, j][:, None] * weights[:, second])
            information[block.cells[first][:, None], block.cells[second]] -= shared
            if i < j:
                information[block.cells[second][:, None], block.cells[first]] -= shared.T
        information[block.cells, block.cells] += weights.sum(axis=0)
        parts.append(Part(p, weights, total, spread))
    own = parameters[data.group]
    schur = data.random.T @ information @ data.random
    factors = lu_factor(np.eye(len(own)) + schur * own)
    determinant += float(np.log(np.abs(np.diag(factors[0]))).sum())
    return parts, Curvature(information, schur, factors, determinant)


def _posterior(covariance: np.ndarray, total: np.ndarray) -> tuple[np.ndarray, float]:
    """(G^-1 + M)^-1 of each participant, one effect's total after another, and log det(I + M G)."""
    spread = np.repeat(covariance[:, :, None], total.shape[1], axis=2)
    determinant = 0.0
    for place, weight in enumerate(total):
        shrinkage = weight * spread[place, place]
        determinant += float(np.log1p(shrinkage).sum())
        row = spread[place].copy()
        spread -= row[:, None] * (row * (weight / (1 + shrinkage)))
    return spread, determinant


def _residuals(data: Cells, here: Mode) -> tuple[list[np.ndarray], np.ndarray]:
    """Z'(y - p) - u, which is 0 at the mode."""
    by_cell = np.zeros(len(data.fixed))
    people = []
    for block, part, u in zip(data.blocks, here.parts, here.people, strict=True):
        rest = block.right - block.asked * part.p
        people.append(block.by_effect(rest) - u)
        by_cell[block.cells] += rest.sum(axis=0)
    return people, data.random.T @ by_cell - here.cells


def solve(
    data: Cells, here: Mode, people: list[np.ndarray], cells: np.ndarray
) -> tuple[list[np.ndarray], np.ndarray]:
    """Return (I + Z'WZ G)^-1 v, participants eliminated.

    Parameters
    ----------
    data : Cells
        The counts.
    here : Mode
        Whose weights W and covariances G.
    people, cells : list of ndarray, ndarray
        The parts of v.

    Returns
    -------
    tuple of list of ndarray and ndarray
        The parts of the solution.
    """
    by_cell = np.zeros(len(data.fixed))
    for block, part, own in zip(data.blocks, here.parts, people, strict=True):
        shares = np.einsum("abn,bn->an", part.spread, own)
        by_cell[block.cells] += block.by_column(part.weights, shares)
    found = lu_solve(here.curvature.factors, cells - data.random.T @ by_cell)
    moved = data.random @ (here.parameters[data.group] * found)
    solved = [
        part.shrunk(own - block.weighted(part.weights, moved[block.cells]))
        for block, part, own in zip(data.blocks, here.parts, people, strict=True)
    ]
    return solved, found
