"""Error rates and coverages of statements within participants, where images are new, too.

Each simulated study draws participants, who see both conditions, and images. A condition may change
more for one participant than for another, and at one image more than at another. As in a crossover,
a participant sees each image in one of the conditions, or, in studies that ask twice, in both.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.calibration.random_images import (
    INTERACTION,
    ITEM_SD,
    ITEMS,
    LEVELS,
    PEOPLE,
    RESAMPLES,
)
from analysis.data.schema import MODEL_RIGHT, MODEL_WRONG
from analysis.statistics.means.bootstrap import resample_intervals
from analysis.statistics.means.resamples import of_pairs
from analysis.statistics.mixed.simulated_answers import Images, mean_chance
from analysis.statistics.ranks.effect_sizes import Interval

# Logits: how far a condition changes more for one participant than for another.
PERSON_SD, CHANGE_SD = 0.6, 0.5
SDS = (0.0, 0.4, 0.8)
COLUMNS = (
    "contrast", "is_twice", "sd", "effect", "participants_rate", "rate", "participants_coverage",
    "coverage", "simulations",
)  # fmt: skip
Answers = dict[str, tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class PairedWorld:
    """What is true."""

    # How far images differ by condition.
    sd: float
    # What the second condition adds where the model is wrong, in logits.
    effect: float = 0.0
    # Whether a participant sees each image in both conditions.
    is_twice: bool = False

    def truth(self, stratum: str) -> float:
        """The difference a - b of mean chances over all participants and images."""
        spread = np.sqrt(PERSON_SD**2 + CHANGE_SD**2 + ITEM_SD**2 + self.sd**2)
        level, added = LEVELS[stratum], self._added(stratum)
        return mean_chance(level, spread) - mean_chance(level + added, spread)

    def _added(self, stratum: str) -> float:
        return self.effect if stratum == MODEL_WRONG else 0.0

    def study(self, random: np.random.Generator) -> Answers:
        """The answers in both conditions, by stratum: 1, 0, or NaN for an image not seen there."""
        ability = random.normal(0, PERSON_SD, PEOPLE)
        change = random.normal(0, CHANGE_SD, (2, PEOPLE))
        return {name: self._answers(random, name, ability + change) for name in ITEMS}

    def _answers(
        self, random: np.random.Generator, stratum: str, person: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        n = ITEMS[stratum]
        levels = LEVELS[stratum] + np.array([0.0, self._added(stratum)])
        images = Images(n, ITEM_SD, self.sd)
        right = images.draw_answers(random, levels, person).astype(float)
        if not self.is_twice:
            second = np.add.outer(np.arange(PEOPLE), np.arange(n)) % 2 == 1
            right[0][second], right[1][~second] = np.nan, np.nan
        return right[0], right[1]


def paired_rates(world: PairedWorld, simulations: int, seed: int) -> pd.DataFrame:
    """Return how often the bootstrap within participants finds and covers a difference.

    Parameters
    ----------
    world : PairedWorld
        What is true.
    simulations, seed : int
        Number of studies, and the seed that draws them.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, for the stratum where the model was wrong and for the interaction: shares
        of the intervals, of participants only and of both drawn, that exclude 0 and that have the
        difference for images like these.
    """
    random = np.random.default_rng(
        [seed, 2, int(world.is_twice), round(100 * world.sd), round(100 * world.effect)]
    )
    wrong, right = world.truth(MODEL_WRONG), world.truth(MODEL_RIGHT)
    truths = {MODEL_WRONG: wrong, INTERACTION: wrong - right}
    found: dict[str, list[tuple[bool, ...]]] = {name: [] for name in truths}
    for _ in range(simulations):
        for name, intervals in _statements(world.study(random), random):
            alone, both = intervals["participants_only"], intervals["both"]
            truth = truths[name]
            found[name].append(
                (not _has(alone, 0), not _has(both, 0), _has(alone, truth), _has(both, truth))
            )
    parts = (world.is_twice, world.sd, world.effect)
    rows = [(name, *parts, *np.mean(each, axis=0), simulations) for name, each in found.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _statements(
    answers: Answers, random: np.random.Generator
) -> Iterator[tuple[str, dict[str, Interval]]]:
    wrong, right = answers[MODEL_WRONG], answers[MODEL_RIGHT]
    yield MODEL_WRONG, resample_intervals(of_pairs(wrong), RESAMPLES, random)
    yield INTERACTION, resample_intervals(of_pairs(wrong, right), RESAMPLES, random)


def _has(interval: Interval, value: float) -> bool:
    return interval.ci_low <= value <= interval.ci_high


def paired_worlds() -> list[PairedWorld]:
    """Return every cell of the table."""
    return [
        PairedWorld(sd, effect, is_twice)
        for is_twice in (False, True)
        for sd in SDS
        for effect in (0.0, 0.8)
    ]
