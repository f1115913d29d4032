"""Error rates and coverages of the headline statements where images are new, too.

Each simulated study draws participants and images. Conditions share the images, and an image may
help one condition more than the other: that is the variance which tests on participants' means do
not see. A participant's abilities in the two strata may be alike or not.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data.schema import MODEL_RIGHT, MODEL_WRONG
from analysis.statistics.means.bootstrap import resample_intervals
from analysis.statistics.means.mean_tests import mean_difference
from analysis.statistics.means.resamples import of_groups
from analysis.statistics.mixed.model import mixed_model
from analysis.statistics.mixed.simulated_answers import Images, as_trials, mean_chance
from analysis.statistics.ranks.effect_sizes import Interval
from analysis.statistics.ranks.mann_whitney import mann_whitney

# As in the published study: 49 people a condition; 14 images of one stratum and 16 of the other.
PEOPLE, ITEMS = 49, {MODEL_WRONG: 14, MODEL_RIGHT: 16}
# Logits of a right answer without any effect, and how far people and images differ in it.
LEVELS = {MODEL_WRONG: -0.8, MODEL_RIGHT: 1.4}
PERSON_SD, ITEM_SD = 0.5, 0.7
# How far images differ in what they do to one condition.
SDS = (0.0, 0.2, 0.4, 0.6, 0.8)
RESAMPLES = 500
COLUMNS = ("name", "sd", "effect", "rate", "coverage", "simulations")
# Correlations of a participant's abilities where the model was wrong and where it was right, their
# standard deviations, and how far images differ by condition there.
ABILITY_CORRELATIONS = (-0.6, 0.0, 0.6)
ALIKE, UNLIKE, ABILITY_SD = (0.6, 0.6), (0.4, 1.0), 0.4
ABILITY_COLUMNS = (
    "contrast", "correlation", "sd_wrong", "sd_right", "effect", "rate", "coverage", "simulations",
)  # fmt: skip
INTERACTION = "interaction"


@dataclass(frozen=True)
class World:
    """What is true: how far images differ by condition, and what the second condition adds."""

    sd: float
    # Logits, in both strata.
    effect: float = 0.0
    # Of a participant's abilities where the model was wrong, and where it was right.
    correlation: float = 1.0
    person_sds: tuple[float, float] = (PERSON_SD, PERSON_SD)

    def truth(self, stratum: str) -> float:
        """The difference a - b of mean chances over all people and images."""
        person = dict(zip(ITEMS, self.person_sds, strict=True))[stratum]
        spread = np.sqrt(person**2 + ITEM_SD**2 + self.sd**2)
        level = LEVELS[stratum]
        return mean_chance(level, spread) - mean_chance(level + self.effect, spread)

    def study(self, random: np.random.Generator) -> pd.DataFrame:
        """One study's trials: columns participant_id, condition, stratum, item, correct."""
        answers = {
            stratum: Images(n_items, ITEM_SD, self.sd).draw_answers(
                random, LEVELS[stratum] + np.array([0, self.effect]), ability
            )
            for (stratum, n_items), ability in zip(
                ITEMS.items(), self.abilities(random), strict=True
            )
        }
        return as_trials(answers)

    def abilities(self, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Of the participants of each condition, in each stratum."""
        wrong, right = self.person_sds
        first = random.normal(0, wrong, (2, PEOPLE))
        second = self.correlation * right / wrong * first
        if abs(self.correlation) < 1:
            second += random.normal(0, right * np.sqrt(1 - self.correlation**2), (2, PEOPLE))
        return first, second


def image_rates(world: World, simulations: int, seed: int) -> pd.DataFrame:
    """Return how often each headline statement finds a difference and covers the true one.

    Parameters
    ----------
    world : World
        What is true.
    simulations, seed : int
        Number of studies, and the seed that draws them.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, where the model was wrong; `rate`: shares of studies that found a
        difference, `coverage`: whose interval has the true one for images like these.
    """
    random = np.random.default_rng([seed, round(100 * world.sd), round(100 * world.effect)])
    truth = world.truth(MODEL_WRONG)
    found = [dict(_statements(world.study(random), random)) for _ in range(simulations)]
    rows = []
    for name in found[0]:
        intervals = [each[name] for each in found]
        rate = np.mean([p < 0.05 for _, p in intervals])
        covered = [interval.ci_low <= truth <= interval.ci_high for interval, _ in intervals]
        rows.append((name, world.sd, world.effect, rate, np.mean(covered), simulations))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _statements(
    trials: pd.DataFrame, random: np.random.Generator
) -> Iterator[tuple[str, tuple[Interval, float]]]:
    """Each headline statement with its interval, and its p or 0 and 1 for an interval alone."""
    own = trials[trials["stratum"] == MODEL_WRONG]
    wide = own.pivot(index="participant_id", columns="item", values="correct")
    a, b = (wide[wide.index.str.startswith(name)].to_numpy() for name in "ab")
    means = a.mean(axis=1), b.mean(axis=1)
    yield "Mann-Whitney", (mean_difference(*means), mann_whitney(*means).pvalue)
    [effect] = [each for each in mixed_model(trials).effects if each.stratum == MODEL_WRONG]
    yield "mixed model", (effect.points, effect.pvalue)
    both = resample_intervals(of_groups(a, b), RESAMPLES, random)["both"]
    yield "two-way bootstrap", (both, float(both.ci_low <= 0 <= both.ci_high))


def worlds(effects: tuple[float, ...] = (0.0, 0.8)) -> list[World]:
    """Return every cell of the table."""
    return [World(sd, effect) for effect in effects for sd in SDS]


def ability_rates(world: World, simulations: int, seed: int) -> pd.DataFrame:
    """Return how often each contrast of the mixed model finds a difference and covers the true one.

    Like `image_rates`, with columns `ABILITY_COLUMNS`: one row for each stratum and one for the
    interaction, whose odds do not differ in any of these worlds.
    """
    truths = {name: world.truth(name) for name in ITEMS}
    truths[INTERACTION] = truths[MODEL_WRONG] - truths[MODEL_RIGHT]
    parts = [world.correlation, *world.person_sds, world.effect]
    random = np.random.default_rng([seed, 1, *(round(100 * (part + 1)) for part in parts)])
    found: dict[str, list[tuple[bool, bool]]] = {name: [] for name in truths}
    for _ in range(simulations):
        model = mixed_model(world.study(random))
        contrasts = [(each.stratum, each) for each in model.effects]
        contrasts += [(INTERACTION, each) for each in model.interactions]
        for name, each in contrasts:
            covered = each.points.ci_low <= truths[name] <= each.points.ci_high
            found[name].append((each.pvalue < 0.05, covered))
    rows = [(name, *parts, *np.mean(each, axis=0), simulations) for name, each in found.items()]
    return pd.DataFrame(rows, columns=list(ABILITY_COLUMNS))


def ability_worlds() -> list[World]:
    """Return every cell of the table of abilities."""
    return [
        World(ABILITY_SD, effect, correlation, sds)
        for sds, effect in ((ALIKE, 0.0), (UNLIKE, 0.0), (ALIKE, 0.8))
        for correlation in ABILITY_CORRELATIONS
    ]
