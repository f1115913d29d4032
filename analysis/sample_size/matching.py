"""Logits that give the accuracies that a plan assumes, where participants and images are random."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from analysis.errors import PlanError
from analysis.statistics.mixed.effects import NODES, WEIGHTS
from analysis.statistics.mixed.simulated_answers import mean_chance

# Logits: the largest standard deviation of participants that is tried, and the farthest level.
MOST_SD, FARTHEST = 6.0, 60.0


@dataclass(frozen=True)
class Matched:
    """Logits of one condition: for an average participant and image, and how participants vary."""

    level: float
    person_sd: float


def level_of(mean: float, spread: float) -> float:
    """Return the mean logit whose mean chance is `mean`, for logits of this standard deviation."""
    if not 0 < mean < 1:
        raise PlanError(f"The mean accuracy must lie between 0 and 1, but is {mean:g}.")
    return float(brentq(lambda level: mean_chance(level, spread) - mean, -FARTHEST, FARTHEST))


def matched(mean: float, deviation: float, n_items: int, image_sd: float) -> Matched:
    """Return the logits at which accuracies over `n_items` have this mean and deviation.

    `mean` is over participants and images, `deviation` that of participants who answer the same
    images, on average over images; `image_sd` (logits) is how images vary in one condition. Raises
    PlanError where participants who vary in logits have no such deviation.
    """

    def at(person_sd: float) -> Matched:
        return Matched(level_of(mean, float(np.hypot(person_sd, image_sd))), person_sd)

    def excess(person_sd: float) -> float:
        return score_deviation(at(person_sd), n_items, image_sd) - deviation

    low, high = excess(0.0), excess(MOST_SD)
    if not low <= 0 <= high:
        ends = f"{low + deviation:.3f} and {high + deviation:.3f}"
        raise PlanError(
            f"With mean accuracy {mean:g} over {n_items} images that vary by {image_sd:.2g} logits,"
            f" the standard deviation lies between {ends}, but is {deviation:.3g}."
        )
    return at(float(brentq(excess, 0.0, MOST_SD)))


def score_deviation(logits: Matched, n_items: int, image_sd: float) -> float:
    """Return the standard deviation of accuracies over `n_items` of participants who share them.

    Two answers of a participant vary together by how the chances over all images vary between
    participants. The images that they share take away what the chances vary between images.
    """
    weights = WEIGHTS / WEIGHTS.sum()
    people, images = logits.person_sd * NODES[:, None], image_sd * NODES
    chances = expit(logits.level + people + images)
    by_person, by_image = chances @ weights, weights @ chances
    mean = float(weights @ by_person)
    between, shared = (weights @ chance**2 - mean**2 for chance in (by_person, by_image))
    one = mean * (1 - mean) - shared
    return float(np.sqrt(max(0.0, (1 - 1 / n_items) * between + one / n_items)))
