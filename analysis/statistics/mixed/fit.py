"""Maximises Laplace's log-likelihood; covariance of the estimates from its curvature."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import lu_solve
from scipy.optimize import minimize
from scipy.special import logit

from analysis.statistics.mixed.cells import Block, Cells
from analysis.statistics.mixed.gradient import gradient
from analysis.statistics.mixed.laplace import Mode, find_mode

# Variances below are estimated as 0: the likelihood is largest at the boundary.
BOUNDARY = 1e-7
# More participants than this are first fitted by a part of them, which is a good start.
PORTION = 2_000
# On the logit: where the search begins.
FIRST_VARIANCE = 0.3
MOST_ITERATIONS = 200


@dataclass(frozen=True)
class Fit:
    """The maximum of the likelihood.

    Attributes
    ----------
    beta : ndarray, shape (n_fixed,)
        Fixed effects on the logit.
    variances : ndarray, shape (n_variances,)
        Of the random effects; exactly 0 at the boundary.
    covariance : ndarray, shape (n_fixed + n_variances,) * 2
        Of beta and the variances, from the observed information; 0 for variances at the boundary.
    log_likelihood : float
        Laplace's.
    converged : bool
        Whether the gradient vanishes and the curvature has a maximum there.
    """

    beta: np.ndarray
    variances: np.ndarray
    covariance: np.ndarray
    log_likelihood: float
    converged: bool


def fit_cells(data: Cells) -> Fit:
    """Return the maximum-likelihood fit of the counts.

    Parameters
    ----------
    data : Cells
        The counts.

    Returns
    -------
    Fit
        The estimates with their covariance.

    Notes
    -----
    L-BFGS-B in parameters scaled by the expected information, with the variances bounded below by
    0, then Newton steps with the observed information, which is the gradient's difference quotient.
    """
    start = _search(_some(data), _start(data)) if data.n_participants > 2 * PORTION else None
    found = _search(data, _start(data) if start is None else start)
    return _finish(data, found)


def _start(data: Cells) -> np.ndarray:
    """Fixed effects that give the observed shares, and equal variances."""
    right, asked = (np.zeros(len(data.fixed)) for _ in range(2))
    for block in data.blocks:
        right[block.cells] += block.right.sum(axis=0)
        asked[block.cells] += block.asked.sum(axis=0)
    rows, kind = np.unique(data.fixed, axis=0, return_inverse=True)
    kind = kind.ravel()
    shares = [right[kind == k].sum() / asked[kind == k].sum() for k in range(len(rows))]
    beta = np.linalg.lstsq(rows, logit(shares), rcond=None)[0]
    return np.concatenate([beta, np.full(len(data.variances), FIRST_VARIANCE)])


def _some(data: Cells) -> Cells:
    """About PORTION participants, evenly from all."""
    step = max(1, data.n_participants // PORTION)
    blocks = [Block(block.cells, block.right[::step], block.asked[::step]) for block in data.blocks]
    return replace(data, blocks=tuple(blocks))


class _Surface:
    """The log-likelihood of one data set, which remembers the last mode as the next start."""

    def __init__(self, data: Cells) -> None:
        self.data = data
        self.last: Mode | None = None

    def at(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        n = self.data.fixed.shape[1]
        self.last = find_mode(self.data, x[:n], np.maximum(x[n:], 0), self.last)
        return self.last.value, gradient(self.data, self.last)


def _search(data: Cells, start: np.ndarray) -> np.ndarray:
    surface = _Surface(data)
    surface.at(start)
    scale = _scales(data, surface.last)
    n = data.fixed.shape[1]

    def loss(y: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = surface.at(start + scale @ y)
        return -value, -scale.T @ slope

    own = np.diag(scale)[n:]
    bounds = [(None, None)] * n + [(-s / c, None) for s, c in zip(start[n:], own, strict=True)]
    found = minimize(
        loss,
        np.zeros(len(start)),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": MOST_ITERATIONS, "gtol": 1e-4, "ftol": 1e-14, "maxcor": 20},
    )
    x: np.ndarray = start + scale @ found.x
    x[n:] = np.where(x[n:] < BOUNDARY, 0.0, x[n:])
    return x


def _scales(data: Cells, mode: Mode | None) -> np.ndarray:
    """A matrix that turns parameters with information 1 into the model's."""
    assert mode is not None  # noqa: S101 - the caller has found it
    own = mode.variances[data.group]
    half = lu_solve(mode.factors, data.random.T @ mode.information @ data.fixed)
    marginal = mode.information @ (data.fixed - data.random @ (own[:, None] * half))
    by_beta = data.fixed.T @ marginal
    shrunk = lu_solve(mode.factors, mode.schur)
    informations = [sum(float(((p.total / (1 + mode.variances[0] * p.total)) ** 2).sum())
                        for p in mode.parts)]  # fmt: skip
    for place in range(1, len(mode.variances)):
        columns = data.group == place
        informations.append(float((shrunk[np.ix_(columns, columns)] ** 2).sum()))
    n = data.fixed.shape[1]
    scale = np.zeros((n + len(informations),) * 2)
    scale[:n, :n] = np.linalg.inv(np.linalg.cholesky(by_beta)).T
    scale[range(n, len(scale)), range(n, len(scale))] = np.sqrt(2 / np.array(informations))
    return scale


def _finish(data: Cells, x: np.ndarray) -> Fit:
    """One or two Newton steps among the parameters that are not at the boundary."""
    surface = _Surface(data)
    n = data.fixed.shape[1]
    free = np.concatenate([np.ones(n, bool), x[n:] > 0])
    value, slope = surface.at(x)
    information = _information(surface, x, free)
    for _ in range(3):
        step = np.zeros(len(x))
        step[free] = np.linalg.lstsq(information, slope[free], rcond=None)[0]
        there = x + step
        if (there[n:] < 0).any() or np.abs(step).max() < 1e-9:
            break
        better, next_slope = surface.at(there)
        if better < value - 1e-8:
            break
        x, value, slope = there, better, next_slope
    covariance = np.zeros((len(x), len(x)))
    eigen = np.linalg.eigvalsh(information)
    good = bool(eigen[0] > 0)
    covariance[np.ix_(free, free)] = np.linalg.inv(information) if good else np.nan
    remains = float(slope[free] @ covariance[np.ix_(free, free)] @ slope[free])
    return Fit(x[:n], x[n:], covariance, value, good and remains < 1e-8)


def _information(surface: _Surface, x: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Minus the second derivatives, by central differences of the gradient."""
    places = np.flatnonzero(free)
    n = surface.data.fixed.shape[1]
    rows = []
    for place in places:
        size = 1e-4 if place < n else min(1e-4, x[place] / 4)
        step = np.zeros(len(x))
        step[place] = size
        up, down = (surface.at(x + sign * step)[1] for sign in (1, -1))
        rows.append((down - up)[places] / (2 * size))
    found = np.array(rows)
    symmetric: np.ndarray = (found + found.T) / 2
    return symmetric
