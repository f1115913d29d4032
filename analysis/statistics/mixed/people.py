"""Participants' effects: who saw which cells, and how the effects of one participant vary together.

A participant has one effect in each stratum, and where somebody saw several conditions, another in
each stratum of each condition. Their sums, one for each condition and stratum, are what an answer
depends on; a participant's sums have one covariance matrix.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.statistics.mixed.covariances import (
    PERSON,
    PERSON_BY_CONDITION,
    Parameter,
    parameters_of,
)

# Counts in one block: tables of this size stay in the processor's cache, which is twice as fast.
PORTION = 32_768


@dataclass(frozen=True)
class Block:
    """Some participants who saw the same conditions, so that their table has no empty columns."""

    # Places of the columns among all cells, sorted by the effect they have; shape (k,).
    cells: np.ndarray
    # Places of these participants' effects among all sums; shape (q,).
    effects: np.ndarray
    # The columns that have each effect.
    columns: tuple[slice, ...]
    # Correct answers and answers, shape (n, k).
    right: np.ndarray
    asked: np.ndarray

    @cached_property
    def design(self) -> np.ndarray:
        """Which effect a column has, shape (k, q)."""
        found = np.zeros((len(self.cells), len(self.columns)))
        for place, own in enumerate(self.columns):
            found[own, place] = 1
        return found

    def by_effect(self, answers: np.ndarray) -> np.ndarray:
        """Return the sums over the columns of each effect, shape (q, n)."""
        sums: np.ndarray = (answers @ self.design).T
        return sums

    def own(self, covariance: np.ndarray) -> np.ndarray:
        """Return the rows and columns of these participants' effects of a matrix of all sums."""
        found: np.ndarray = covariance[self.effects[:, None], self.effects]
        return found

    def weighted(self, weights: np.ndarray, by_column: np.ndarray) -> np.ndarray:
        """Return sums of weighted columns by effect; (q, n), or (q, n, m) of m values each."""
        return np.stack([weights[:, own] @ by_column[own] for own in self.columns])

    def by_column(self, weights: np.ndarray, by_effect: np.ndarray) -> np.ndarray:
        """Return the weighted sums over participants in each column, shape (k,)."""
        pairs = zip(self.columns, by_effect, strict=True)
        return np.concatenate([weights[:, own].T @ values for own, values in pairs])

    def spread(self, by_effect: np.ndarray) -> np.ndarray:
        """Return each participant's effects in their columns, shape (n, k)."""
        found: np.ndarray = by_effect.T @ self.design.T
        return found


@dataclass(frozen=True)
class People:
    """How the effects of one participant vary together.

    Attributes
    ----------
    parameters : tuple of Parameter
        The variances and covariances.
    sizes : tuple of int
        Of the covariance matrices that they fill.
    basis : ndarray, shape (n_parameters, n_sums, n_sums)
        The derivative of the covariance matrix of the sums by each parameter. The sum of condition
        c in stratum s has the place c * n_strata + s.
    """

    parameters: tuple[Parameter, ...]
    sizes: tuple[int, ...]
    basis: np.ndarray

    def covariance(self, parameters: np.ndarray) -> np.ndarray:
        """Return the covariance matrix of all sums, for parameters that begin with these."""
        found: np.ndarray = np.tensordot(parameters[: len(self.basis)], self.basis, axes=1)
        return found


def people_of(strata: tuple[str, ...], n_conditions: int, *, by_condition: bool) -> People:
    """Return how the effects of participants vary together.

    Parameters
    ----------
    strata : tuple of str
        In which a participant has an ability each.
    n_conditions : int
        Number of conditions.
    by_condition : bool
        Whether participants saw several, and so have effects by condition, too.

    Returns
    -------
    People
        Variances and covariances of a participant's abilities, then those by condition.
    """
    within = parameters_of(PERSON, strata)
    size = len(strata)
    triangle = []
    for row, column in zip(*np.tril_indices(size), strict=True):
        matrix = np.zeros((size, size))
        matrix[row, column] = matrix[column, row] = 1
        triangle.append(matrix)
    parameters, basis = within, [np.kron(np.ones((n_conditions,) * 2), m) for m in triangle]
    if by_condition:
        parameters += parameters_of(PERSON_BY_CONDITION, strata)
        basis += [np.kron(np.eye(n_conditions), m) for m in triangle]
    return People(parameters, (size,) * (2 if by_condition else 1), np.array(basis))


def blocks_of(
    seen: np.ndarray, person: np.ndarray, cell: np.ndarray, right: np.ndarray, effect: np.ndarray
) -> tuple[Block, ...]:
    """Return the answers as counts.

    Parameters
    ----------
    seen : ndarray of bool, shape (n_participants, n_conditions)
        Who saw which conditions.
    person, cell, right : ndarray, shape (n_answers,)
        Whose answer it is, to what, and whether it is correct.
    effect : ndarray, shape (n_cells,)
        The place of each cell's sum.

    Returns
    -------
    tuple of Block
    """
    _, kind = np.unique(seen, axis=0, return_inverse=True)
    kind = kind.ravel()
    # Cells in the order of their effects.
    order = np.argsort(effect, kind="stable")
    place_of = np.empty_like(order)
    place_of[order] = np.arange(len(order))
    made = []
    for place in range(kind.max() + 1):
        own = kind[person] == place
        known, column = np.unique(place_of[cell[own]], return_inverse=True)
        people, row = np.unique(person[own], return_inverse=True)
        shape = (len(people), len(known))
        at = row * shape[1] + column
        counts = [
            np.bincount(at, weights=weights, minlength=shape[0] * shape[1]).reshape(shape)
            for weights in (right[own], np.ones(len(at)))
        ]
        cells = order[known]
        effects, starts = np.unique(effect[cells], return_index=True)
        ends = [*starts[1:], len(cells)]
        columns = tuple(slice(int(a), int(b)) for a, b in zip(starts, ends, strict=True))
        height = max(1, PORTION // len(cells))
        made += [
            Block(cells, effects, columns, *(table[start : start + height] for table in counts))
            for start in range(0, len(people), height)
        ]
    return tuple(made)
