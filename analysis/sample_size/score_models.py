"""Sources of simulated scores: an assumed distribution, or the scores of a study."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from analysis.errors import PlanError


class ScoreModel(Protocol):
    """Draws accuracies (0 to 1) of simulated participants."""

    @property
    def mean(self) -> float:
        """Of the accuracies."""
        ...

    @property
    def deviation(self) -> float:
        """The standard deviation of the accuracies."""
        ...

    @property
    def n_items(self) -> int | None:
        """Trials of a participant; None where that is not known."""
        ...

    def draw(self, random: np.random.Generator, studies: int, n: int) -> np.ndarray:
        """Return accuracies, shape (studies, n)."""
        ...


@dataclass(frozen=True)
class EmpiricalScores:
    """Participants drawn with replacement from observed accuracies."""

    scores: np.ndarray
    n_items: int | None = None

    @property
    def mean(self) -> float:
        return float(self.scores.mean())

    @property
    def deviation(self) -> float:
        return float(self.scores.std())

    def draw(self, random: np.random.Generator, studies: int, n: int) -> np.ndarray:
        return random.choice(self.scores, size=(studies, n))


@dataclass(frozen=True)
class BetaBinomialScores:
    """Accuracies over `n_items` trials of participants whose abilities follow a beta distribution.

    mean and deviation are those of the accuracies, 0 to 1. Raises PlanError where no such
    distribution exists: accuracies vary at least as much as those of equal coins.
    """

    mean: float
    deviation: float
    n_items: int

    def __post_init__(self) -> None:
        if not 0 < self.mean < 1:
            raise PlanError(f"The mean accuracy must lie between 0 and 1, but is {self.mean:g}.")
        if self.n_items < 2:
            raise PlanError(f"There must be at least 2 items, but there are {self.n_items}.")
        low, high = self._limits()
        if not low <= self.deviation < high:
            raise PlanError(
                f"With mean accuracy {self.mean:g} over {self.n_items} items the standard deviation"
                f" lies between {low:.3f} and {high:.3f}, but {self.deviation:g} was given."
            )

    def _limits(self) -> tuple[float, float]:
        coin = self.mean * (1 - self.mean)
        return float(np.sqrt(coin / self.n_items)), float(np.sqrt(coin))

    @property
    def correlation(self) -> float:
        """Correlation of two answers of one participant."""
        coin = self.mean * (1 - self.mean)
        return float((self.deviation**2 * self.n_items / coin - 1) / (self.n_items - 1))

    def draw(self, random: np.random.Generator, studies: int, n: int) -> np.ndarray:
        if self.correlation < 1e-9:
            abilities: np.ndarray | float = self.mean
        else:
            size = 1 / self.correlation - 1
            abilities = random.beta(self.mean * size, (1 - self.mean) * size, (studies, n))
        drawn: np.ndarray = random.binomial(self.n_items, abilities, (studies, n)) / self.n_items
        return drawn
