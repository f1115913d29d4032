"""Laplace's approximation to the likelihood of a logistic model with crossed random effects.

The random effects b are G u with their variances G; at the mode, u = Z'(y - p), which stays finite
where a variance is 0. Participants do not share answers, so their part of the curvature is
diagonal and is eliminated first (Schur): what is left is as large as the number of cells.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lu_factor, lu_solve

from analysis.statistics.mixed.cells import Cells

# The mode is found after a step in which no random effect moved by more, on the logit: Newton's
# error is then of the order of its square.
CLOSE = 1e-6
MOST_STEPS = 60


@dataclass
class Part:
    """One block at given effects: probabilities, weights, and the participants' share of them."""

    p: np.ndarray
    weights: np.ndarray
    # Sum of a participant's weights, and that participant's posterior variance given the cells.
    total: np.ndarray
    spread: np.ndarray


@dataclass
class Mode:
    """The most likely random effects for given parameters.

    `people` (one array per block) and `cells` are u; `value` is the log-likelihood.
    """

    beta: np.ndarray
    variances: np.ndarray
    people: list[np.ndarray]
    cells: np.ndarray
    parts: list[Part]
    # Information on the cells with participants eliminated, shape (n_cells, n_cells).
    information: np.ndarray
    # R'(information)R, and the factors of I + that times G.
    schur: np.ndarray
    factors: tuple[np.ndarray, np.ndarray]
    value: float


def find_mode(
    data: Cells, beta: np.ndarray, variances: np.ndarray, start: Mode | None = None
) -> Mode:
    """Return the mode of the random effects, by Newton's method with halved steps.

    Parameters
    ----------
    data : Cells
        The counts.
    beta : ndarray, shape (n_fixed,)
        Fixed effects on the logit.
    variances : ndarray, shape (n_variances,)
        Of the random effects, at least 0; the participants' first.
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
    here = evaluate(data, beta, variances, people, cells)
    for _ in range(MOST_STEPS):
        step_people, step_cells = solve(data, here, *_residuals(data, here))
        moved = max(
            max(float(np.abs(step).max()) for step in step_people) * variances[0],
            float(np.abs(step_cells * variances[data.group]).max()),
        )
        here = _advance(data, here, step_people, step_cells)
        if moved < CLOSE:
            break
    return _with_determinant(here)


def _zeros(data: Cells) -> list[np.ndarray]:
    return [np.zeros(len(block.right)) for block in data.blocks]


def _advance(data: Cells, here: Mode, people: list[np.ndarray], cells: np.ndarray) -> Mode:
    """The best of the step and its halves; the same place where none is better."""
    size = 1.0
    for _ in range(20):
        there = evaluate(
            data,
            here.beta,
            here.variances,
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
    variances: np.ndarray,
    people: list[np.ndarray],
    cells: np.ndarray,
) -> Mode:
    """Return the penalised log-likelihood and the curvature at given random effects.

    Parameters
    ----------
    data : Cells
        The counts.
    beta, variances : ndarray
        As in `find_mode`.
    people, cells : list of ndarray, ndarray
        The random effects over their variances.

    Returns
    -------
    Mode
        Whose value has no determinant yet.
    """
    n_cells = len(data.fixed)
    own = variances[data.group]
    level = data.fixed @ beta + data.random @ (own * cells)
    information = np.zeros((n_cells, n_cells))
    value = -0.5 * float(own @ cells**2)
    parts = []
    for block, u in zip(data.blocks, people, strict=True):
        logit = (variances[0] * u)[:, None] + level[block.cells]
        tail = np.exp(-np.abs(logit))
        p = np.where(logit >= 0, 1.0, tail) / (1 + tail)
        losses = np.maximum(logit, 0) + np.log1p(tail)
        value += float(np.vdot(block.right, logit) - np.vdot(block.asked, losses))
        value -= 0.5 * float(variances[0] * (u @ u))
        weights = block.asked * p * (1 - p)
        total = weights.sum(axis=1)
        spread = variances[0] / (1 + variances[0] * total)
        at = np.ix_(block.cells, block.cells)
        information[at] += np.diag(weights.sum(axis=0)) - weights.T @ (spread[:, None] * weights)
        parts.append(Part(p, weights, total, spread))
    schur = data.random.T @ information @ data.random
    factors = lu_factor(np.eye(len(own)) + schur * own)
    return Mode(beta, variances, people, cells, parts, information, schur, factors, value)


def _residuals(data: Cells, here: Mode) -> tuple[list[np.ndarray], np.ndarray]:
    """Z'(y - p) - u, which is 0 at the mode."""
    by_cell = np.zeros(len(data.fixed))
    people = []
    for block, part, u in zip(data.blocks, here.parts, here.people, strict=True):
        rest = block.right - block.asked * part.p
        people.append(rest.sum(axis=1) - u)
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
        Whose weights W and variances G.
    people, cells : list of ndarray, ndarray
        The parts of v.

    Returns
    -------
    tuple of list of ndarray and ndarray
        The parts of the solution.
    """
    by_cell = np.zeros(len(data.fixed))
    for block, part, own in zip(data.blocks, here.parts, people, strict=True):
        by_cell[block.cells] += part.weights.T @ (part.spread * own)
    found = lu_solve(here.factors, cells - data.random.T @ by_cell)
    moved = data.random @ (here.variances[data.group] * found)
    solved = [
        (own - part.weights @ moved[block.cells]) / (1 + here.variances[0] * part.total)
        for block, part, own in zip(data.blocks, here.parts, people, strict=True)
    ]
    return solved, found


def _with_determinant(here: Mode) -> Mode:
    """Laplace's approximation: minus half the logarithm of the determinant of I + Z'WZ G."""
    for part in here.parts:
        here.value -= 0.5 * float(np.log1p(here.variances[0] * part.total).sum())
    here.value -= 0.5 * float(np.log(np.abs(np.diag(here.factors[0]))).sum())
    return here
