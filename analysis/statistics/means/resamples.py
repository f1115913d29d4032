"""Resamples of participants and items: how a contrast of accuracies varies over them."""

from dataclasses import dataclass

import numpy as np

# Resamples are drawn in blocks, which bounds the memory.
BLOCK = 1_000
# Of a condition with more participants, a resample's totals by item are drawn instead of the
# participants themselves: sums of that many are normal, and the time no longer grows with them.
LARGE = 500


class Sample:
    """Participants who are drawn with all their answers, and the distribution of their totals.

    Parameters
    ----------
    matrix : ndarray, shape (n_participants, n_columns)
        Answers: 1, 0, or NaN unanswered. A column is an item in a condition.
    """

    def __init__(self, matrix: np.ndarray) -> None:
        known = ~np.isnan(matrix)
        self.n_columns = matrix.shape[1]
        # Correct answers, then answers, by participant and column.
        self.rows = np.hstack([np.where(known, matrix, 0.0), known.astype(float)])
        self.totals = self.rows.sum(axis=0)
        self.root = self._root() if len(matrix) > LARGE else None

    def __len__(self) -> int:
        return len(self.rows)

    def _root(self) -> np.ndarray:
        """A root of the totals' covariance over draws of participants."""
        n = len(self.rows)
        covariance = self.rows.T @ self.rows - np.outer(self.totals, self.totals) / n
        values, vectors = np.linalg.eigh(covariance)
        root: np.ndarray = vectors * np.sqrt(np.maximum(values, 0))
        return root

    def draw(
        self, n: int, random: np.random.Generator, drawn: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """Correct answers, and answers, by resample and column; as they are if not `drawn`."""
        if not drawn:
            totals = np.tile(self.totals, (n, 1))
        elif self.root is None:
            totals = _weights(len(self.rows), n, random, drawn=True) @ self.rows
        else:
            totals = self.totals + random.standard_normal((n, len(self.totals))) @ self.root.T
        return totals[:, : self.n_columns], totals[:, self.n_columns :]


@dataclass(frozen=True)
class Cell:
    """One accuracy of a contrast: whose answers, in which columns, to which items."""

    sample: int
    columns: slice
    items: int
    sign: float


@dataclass(frozen=True)
class Contrast:
    """A sum of accuracies with signs.

    Attributes
    ----------
    samples : tuple of Sample
        Participants who are drawn independently.
    item_counts : tuple of int
        Sizes of sets of items that are drawn independently, each once for all cells with it.
    cells : tuple of Cell
        What is added.
    """

    samples: tuple[Sample, ...]
    item_counts: tuple[int, ...]
    cells: tuple[Cell, ...]

    @property
    def limit(self) -> float:
        """The largest value: a difference of accuracies is at most 1, of differences 2."""
        return len(self.cells) / 2

    @property
    def observed(self) -> float:
        """Its value in the sample itself."""
        return float(self._resample(1, np.random.default_rng(0), False, False)[0])

    def draw(
        self, resamples: int, random: np.random.Generator, *, participants: bool, items: bool
    ) -> np.ndarray:
        """Return its values in resamples of participants, of items, or of both."""
        blocks = [min(BLOCK, resamples - start) for start in range(0, resamples, BLOCK)]
        return np.concatenate([self._resample(n, random, participants, items) for n in blocks])

    def _resample(
        self, n: int, random: np.random.Generator, participants: bool, items: bool
    ) -> np.ndarray:
        weights = [_weights(size, n, random, items) for size in self.item_counts]
        totals = [sample.draw(n, random, participants) for sample in self.samples]
        found = np.zeros(n)
        for cell in self.cells:
            right, asked = (part[:, cell.columns] for part in totals[cell.sample])
            found += cell.sign * _weighted_means(right, asked, weights[cell.items])
        return found


def of_groups(a: np.ndarray, b: np.ndarray) -> Contrast:
    """Return accuracy a - accuracy b of different participants with the same items.

    Parameters
    ----------
    a, b : ndarray, shape (n_participants, n_items)
        The answers of either group: 1, 0, or NaN unanswered.

    Returns
    -------
    Contrast
        The difference, ready to be resampled.
    """
    m = a.shape[1]
    cells = (Cell(0, slice(m), 0, 1.0), Cell(1, slice(m), 0, -1.0))
    return Contrast((Sample(a), Sample(b)), (m,), cells)


def of_pairs(*pairs: tuple[np.ndarray, np.ndarray]) -> Contrast:
    """Return accuracy a - accuracy b of the same participants.

    Parameters
    ----------
    pairs : tuple of ndarray, shape (n_participants, n_items) each
        One or two: their answers in both conditions to one set of items; of two sets, the contrast
        is the difference in the first minus that in the second.

    Returns
    -------
    Contrast
        The difference, ready to be resampled.
    """
    cells, start = [], 0
    for place, (a, _) in enumerate(pairs):
        m = a.shape[1]
        sign = -1.0 if place else 1.0
        cells.append(Cell(0, slice(start, start + m), place, sign))
        cells.append(Cell(0, slice(start + m, start + 2 * m), place, -sign))
        start += 2 * m
    sample = Sample(np.hstack([matrix for pair in pairs for matrix in pair]))
    return Contrast((sample,), tuple(a.shape[1] for a, _ in pairs), tuple(cells))


def _weights(size: int, n: int, random: np.random.Generator, drawn: bool) -> np.ndarray:
    """How often each of `size` units is in each of `n` resamples; shape n x size."""
    if not drawn:
        return np.ones((n, size))
    return random.multinomial(size, np.full(size, 1 / size), size=n).astype(float)


def _weighted_means(right: np.ndarray, asked: np.ndarray, items: np.ndarray) -> np.ndarray:
    """Share of correct answers in each resample; NaN for a resample without answers."""
    correct, answers = (right * items).sum(axis=1), (asked * items).sum(axis=1)
    means: np.ndarray = correct / np.where(answers > 0, answers, np.nan)
    return means
