"""Maximises Laplace's log-likelihood; covariance of the estimates from its curvature."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import lu_solve
from scipy.optimize import minimize
from scipy.special import logit

from analysis.statistics.mixed.cells import Cells
from analysis.statistics.mixed.covariances import lower_triangles
from analysis.statistics.mixed.gradient import gradient
from analysis.statistics.mixed.laplace import Mode, find_mode
from analysis.statistics.mixed.people import Block

# Variances below are estimated as 0: the likelihood is largest at the boundary.
BOUNDARY = 1e-7
# More participants than this are first fitted by a part of them, which is a good start.
PORTION = 2_000
# On the logit: where the search begins.
FIRST_VARIANCE = 0.3
# The smallest first pivot, a standard deviation, with which a search begins.
SMALL = 0.1
MOST_ITERATIONS, MOST_SEARCHES = 200, 5
# The largest slope, by parameters with information 1, at which a search is at its end.
STEEP = 1e-2
# Of the difference quotients of the gradient: after such a step, the mode is one of Newton's away.
STEP = 3e-5


@dataclass(frozen=True)
class Fit:
    """The maximum of the likelihood.

    Attributes
    ----------
    beta : ndarray, shape (n_fixed,)
        Fixed effects on the logit.
    parameters : ndarray, shape (n_parameters,)
        Variances and covariances of the random effects; variances exactly 0 at the boundary.
    covariance : ndarray, shape (n_fixed + n_parameters,) * 2
        Of beta and the parameters, from the observed information; 0 for variances at the boundary.
    log_likelihood : float
        Laplace's.
    converged : bool
        Whether the gradient vanishes and the curvature has a maximum there.
    """

    beta: np.ndarray
    parameters: np.ndarray
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
    L-BFGS-B in `Factors`, scaled by the expected information, with the last pivots bounded below by
    0, then Newton steps with the observed information, which is the gradient's difference quotient.
    A covariance matrix of rank 1, which is a correlation of 1 or -1, has a last pivot of 0.
    """
    start = _start(data)
    if data.n_participants > 2 * PORTION:
        start = _off_zero(data, _search(_Surface(_some(data)), start))
    surface = _Surface(data)
    return _finish(surface, _search(surface, start))


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
    matrices = [FIRST_VARIANCE * (np.eye(size) + 1) / 2 for size in data.factors.sizes]
    return np.concatenate([beta, data.factors.factors(matrices)])


def _off_zero(data: Cells, x: np.ndarray) -> np.ndarray:
    """A start whose first pivots are not 0, where the likelihood would have no slope by them."""
    n = data.fixed.shape[1]
    factors = data.factors
    for size, part in zip(factors.sizes, factors.parts, strict=True):
        place = n + part.start
        if size > 1 and abs(x[place]) < SMALL:
            x[place] = SMALL
    return x


def _some(data: Cells) -> Cells:
    """About PORTION participants, evenly from all, in one block for those who saw the same."""
    step = max(1, data.n_participants // PORTION)
    alike: dict[bytes, list[Block]] = {}
    for block in data.blocks:
        alike.setdefault(block.cells.tobytes(), []).append(block)
    blocks = [
        replace(
            own[0],
            right=np.concatenate([block.right[::step] for block in own]),
            asked=np.concatenate([block.asked[::step] for block in own]),
        )
        for own in alike.values()
    ]
    return replace(data, blocks=tuple(blocks))


class _Surface:
    """The log-likelihood of one data set, which remembers the last mode as the next start."""

    def __init__(self, data: Cells) -> None:
        self.data, self.factors = data, data.factors
        self.n = data.fixed.shape[1]
        self.last: Mode | None = None

    def mode(self, x: np.ndarray) -> Mode:
        self.last = find_mode(
            self.data, x[: self.n], self.factors.parameters(x[self.n :]), self.last
        )
        return self.last

    def at(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        mode = self.mode(x)
        slope = gradient(self.data, mode)
        by_factor = self.factors.jacobian(x[self.n :]).T @ slope[self.n :]
        return mode.value, np.concatenate([slope[: self.n], by_factor])

    @property
    def is_bounded(self) -> np.ndarray:
        return np.concatenate([np.zeros(self.n, dtype=bool), self.factors.is_bounded])


def _search(surface: _Surface, start: np.ndarray) -> np.ndarray:
    """The maximum, looked for again where a search ended early, as beside a boundary it may."""
    for _ in range(MOST_SEARCHES):
        start, remains = _climb(surface, start)
        if remains < STEEP:
            break
    return start


def _climb(surface: _Surface, start: np.ndarray) -> tuple[np.ndarray, float]:
    """Where one search ends, and the largest slope there that leads on, scaled."""
    scale = _scales(surface, start)

    def loss(y: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = surface.at(start + scale @ y)
        return -value, -scale.T @ slope

    bounded = surface.is_bounded
    bounds = [
        (-value / own, None) if is_bounded else (None, None)
        for value, own, is_bounded in zip(start, np.diag(scale), bounded, strict=True)
    ]
    found = minimize(
        loss,
        np.zeros(len(start)),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": MOST_ITERATIONS, "gtol": 1e-4, "ftol": 1e-14, "maxcor": 20},
    )
    x: np.ndarray = start + scale @ found.x
    at_boundary = bounded & (x < BOUNDARY)
    x[at_boundary] = 0.0
    leads_on = np.where(at_boundary, np.minimum(found.jac, 0), found.jac)
    return x, float(np.abs(leads_on).max())


def _scales(surface: _Surface, x: np.ndarray) -> np.ndarray:
    """A matrix that turns parameters with information 1 into the model's."""
    data, n, mode = surface.data, surface.n, surface.mode(x)
    own = mode.parameters[data.group]
    information, factors = mode.curvature.information, mode.curvature.factors
    half = lu_solve(factors, data.random.T @ information @ data.fixed)
    by_beta = data.fixed.T @ information @ (data.fixed - data.random @ (own[:, None] * half))
    jacobian = surface.factors.jacobian(x[n:])
    by_factor = jacobian.T @ _expected(data, mode) @ jacobian
    scale = np.zeros((len(x),) * 2)
    scale[:n, :n] = np.linalg.inv(np.linalg.cholesky(by_beta)).T
    scale[range(n, len(x)), range(n, len(x))] = 1 / np.sqrt(np.diag(by_factor))
    return scale


def _expected(data: Cells, mode: Mode) -> np.ndarray:
    """The expected information on the parameters, half the trace of K dG K dG, the cells given."""
    basis, factors, schur = data.people.basis, mode.curvature.factors, mode.curvature.schur
    found = np.zeros((len(data.parameters),) * 2)
    for block, part in zip(data.blocks, mode.parts, strict=True):
        k = -part.total[:, None] * part.spread * part.total
        places = range(len(block.effects))
        k[places, places] += part.total
        own = basis[:, block.effects[:, None], block.effects]
        products = np.einsum("abn,kbc->kacn", k, own)
        found[: len(own), : len(own)] += 0.5 * np.einsum("kacn,lcan->kl", products, products)
    shrunk = lu_solve(factors, schur)
    for place in range(len(basis), len(found)):
        columns = data.group == place
        found[place, place] = 0.5 * float((shrunk[np.ix_(columns, columns)] ** 2).sum())
    return found


def _finish(surface: _Surface, x: np.ndarray) -> Fit:
    """One or two Newton steps among the factors that are not at the boundary."""
    bounded = surface.is_bounded
    free = ~bounded | (x > 0)
    value, slope = surface.at(x)
    information = _information(surface, x, free)
    for _ in range(3):
        step = np.zeros(len(x))
        step[free] = np.linalg.lstsq(information, slope[free], rcond=None)[0]
        there = x + step
        if (there[bounded] < 0).any() or np.abs(step).max() < 1e-9:
            break
        better, next_slope = surface.at(there)
        # The value is as exact as its mode: a tiny step to a smaller slope may seem to lower it.
        if better < value - 1e-9 * abs(value):
            break
        x, value, slope = there, better, next_slope
    covariance = np.zeros((len(x), len(x)))
    eigen = np.linalg.eigvalsh(information)
    good = bool(eigen[0] > 0)
    covariance[np.ix_(free, free)] = np.linalg.inv(information) if good else np.nan
    remains = float(slope[free] @ covariance[np.ix_(free, free)] @ slope[free])
    return _in_parameters(surface, x, covariance, value, good and remains < 1e-8)


def _in_parameters(
    surface: _Surface, x: np.ndarray, covariance: np.ndarray, value: float, converged: bool
) -> Fit:
    """The fit in variances and covariances; those of an effect without variance are 0."""
    n, factors = surface.n, surface.factors
    matrices = factors.matrices(factors.parameters(x[n:]))
    for matrix in matrices:
        none = np.diag(matrix) < BOUNDARY
        matrix[none], matrix[:, none] = 0, 0
    jacobian = np.eye(len(x))
    jacobian[n:, n:] = factors.jacobian(x[n:])
    moved = jacobian @ covariance @ jacobian.T
    return Fit(x[:n], lower_triangles(matrices), moved, value, converged)


def _information(surface: _Surface, x: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Minus the second derivatives, by central differences of the gradient."""
    places = np.flatnonzero(free)
    bounded = surface.is_bounded
    rows = []
    for place in places:
        size = min(STEP, x[place] / 4) if bounded[place] else STEP
        step = np.zeros(len(x))
        step[place] = size
        up, down = (surface.at(x + sign * step)[1] for sign in (1, -1))
        rows.append((down - up)[places] / (2 * size))
    found = np.array(rows)
    symmetric: np.ndarray = (found + found.T) / 2
    return symmetric
