"""Variances and covariances of the random effects, and the factors in which they are searched."""

from dataclasses import dataclass

import numpy as np

# The random effects. The participants' may differ between strata, so they have a covariance matrix.
PERSON, PERSON_BY_CONDITION = "participant", "participant:condition"
ITEM, ITEM_BY_CONDITION = "item", "item:condition"


@dataclass(frozen=True)
class Parameter:
    """One variance or covariance.

    Attributes
    ----------
    effect : str
        The random effect.
    first, second : str
        The strata, twice the same for a variance; empty where the effect has one variance for all.
    """

    effect: str
    first: str = ""
    second: str = ""

    @property
    def is_variance(self) -> bool:
        """Whether it is on the diagonal."""
        return self.first == self.second


def parameters_of(effect: str, strata: tuple[str, ...]) -> tuple[Parameter, ...]:
    """Return the parameters of an effect's covariance matrix.

    Parameters
    ----------
    effect : str
        What varies, such as participants.
    strata : tuple of str
        In which it has an effect each, in the order of the matrix's rows.

    Returns
    -------
    tuple of Parameter
        The lower triangle, row by row; one variance for a single stratum.
    """
    if len(strata) < 2:
        return (Parameter(effect),)
    return tuple(
        Parameter(effect, strata[first], strata[second])
        for first, second in zip(*np.tril_indices(len(strata)), strict=True)
    )


class Factors:
    """Between the lower triangles of covariance matrices and the factors that are searched.

    A matrix is L L' with a lower triangle L, as in lme4; but of its last pivot, the search has the
    square, which is the variance that is left to the last effect by the others. The likelihood has
    a slope by it, where it is 0 too, and so knows whether 0 is its best value. Of one variance,
    that is all.

    Parameters
    ----------
    sizes : tuple of int
        Of the covariance matrices, in their order.
    """

    def __init__(self, sizes: tuple[int, ...]) -> None:
        self.sizes = sizes
        counts = [size * (size + 1) // 2 for size in sizes]
        ends = np.cumsum(counts)
        self.parts = [slice(end - n, end) for end, n in zip(ends, counts, strict=True)]
        self.is_bounded = np.zeros(int(ends[-1]), dtype=bool)
        self.is_bounded[ends - 1] = True

    def matrices(self, parameters: np.ndarray) -> list[np.ndarray]:
        """Return symmetric matrices from their lower triangles, one after another."""
        return [lower + np.tril(lower, -1).T for lower in self._lower_triangles(parameters)]

    def parameters(self, factors: np.ndarray) -> np.ndarray:
        """Return the variances and covariances that factors give."""
        return lower_triangles([_product(lower) for lower in self._lower_triangles(factors)])

    def factors(self, matrices: list[np.ndarray]) -> np.ndarray:
        """Return the factors of positive definite matrices."""
        found = [np.linalg.cholesky(matrix) for matrix in matrices]
        for lower in found:
            lower[-1, -1] **= 2
        return lower_triangles(found)

    def jacobian(self, factors: np.ndarray) -> np.ndarray:
        """Return the derivatives of `parameters`: a row for each, a column for each factor."""
        result = np.zeros((len(factors),) * 2)
        for part, lower in zip(self.parts, self._lower_triangles(factors), strict=True):
            root = lower.copy()
            root[-1, -1] = 0
            size = len(lower)
            for place, (row, column) in enumerate(zip(*np.tril_indices(size), strict=True)):
                step = np.zeros((size, size))
                step[row, column] = 1
                if row != size - 1 or column != size - 1:
                    step = step @ root.T + root @ step.T
                result[part, part.start + place] = lower_triangles([step])
        return result

    def _lower_triangles(self, values: np.ndarray) -> list[np.ndarray]:
        found = []
        for size, part in zip(self.sizes, self.parts, strict=True):
            lower = np.zeros((size, size))
            lower[np.tril_indices(size)] = values[part]
            found.append(lower)
        return found


def lower_triangles(matrices: list[np.ndarray]) -> np.ndarray:
    """Return the lower triangles of matrices.

    Parameters
    ----------
    matrices : list of ndarray, shape (k, k) each
        Symmetric, of any sizes.

    Returns
    -------
    ndarray, shape (n,)
        Row by row, one matrix after another.
    """
    return np.concatenate([matrix[np.tril_indices(len(matrix))] for matrix in matrices])


def _product(lower: np.ndarray) -> np.ndarray:
    rest = lower[-1, -1]
    root = lower.copy()
    root[-1, -1] = 0
    found: np.ndarray = root @ root.T
    found[-1, -1] += rest
    return found
