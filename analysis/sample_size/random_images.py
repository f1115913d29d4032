"""Simulated studies of single answers, in which participants and images are both drawn."""

from dataclasses import dataclass

import numpy as np

from analysis.data.schema import MODEL_RIGHT, MODEL_WRONG
from analysis.errors import PlanError
from analysis.sample_size.matching import Matched, level_of, matched
from analysis.sample_size.score_models import ScoreModel
from analysis.statistics.mixed.simulated_answers import Images


@dataclass(frozen=True)
class RandomImages:
    """How images vary, which each simulated study draws as it draws participants.

    n_items is the number of images of the tested stratum; all conditions share them. item_sd and
    item_condition_sd are standard deviations in logits of a correct answer: of what an image adds
    in all conditions, and of what it adds in one condition alone. The mixed model estimates the
    latter from images of both strata, so n_other_items images of the other stratum may join, in
    which both conditions have the mean accuracy other_mean.
    """

    n_items: int
    item_condition_sd: float
    item_sd: float = 0.7
    n_other_items: int = 0
    other_mean: float = 0.8

    def __post_init__(self) -> None:
        if self.n_items < 2:
            raise PlanError(f"There must be at least 2 images, but there are {self.n_items}.")
        if self.n_other_items < 0 or self.n_other_items == 1:
            raise PlanError(
                "The images of the other stratum must be none or at least 2, but there"
                f" are {self.n_other_items}."
            )
        for name in ("item_sd", "item_condition_sd"):
            if not 0 <= getattr(self, name) <= 5:
                raise PlanError(
                    f"{name} must lie between 0 and 5 logits, but is {getattr(self, name):g}."
                )
        if not 0 < self.other_mean < 1:
            raise PlanError(
                "The mean accuracy in the other stratum must lie between 0 and 1, but is"
                f" {self.other_mean:g}."
            )

    @property
    def image_sd(self) -> float:
        """Of images in one condition, in logits."""
        return float(np.hypot(self.item_sd, self.item_condition_sd))


@dataclass(frozen=True)
class AnswerModel:
    """Draws studies whose scores are as assumed, answer by answer."""

    images: RandomImages
    a: Matched
    b: Matched

    @classmethod
    def of(cls, a: ScoreModel, b: ScoreModel, images: RandomImages) -> "AnswerModel":
        """Match the mean and the deviation of two models of scores."""
        found = (
            matched(each.mean, each.deviation, each.n_items or images.n_items, images.image_sd)
            for each in (a, b)
        )
        return cls(images, *found)

    @property
    def difference(self) -> float:
        """Of the conditions, a - b, in logits for an average participant and image."""
        return self.a.level - self.b.level

    def draw(self, random: np.random.Generator, n: int) -> dict[str, np.ndarray]:
        """Return one study's answers by stratum, shape (2, n, n_items); the tested stratum first.

        A participant who is better at the images of one stratum is as much better at the others.
        """
        images = self.images
        people = random.normal(size=(2, n)) * np.array([[self.a.person_sd], [self.b.person_sd]])
        levels = np.array([self.a.level, self.b.level])
        found = {MODEL_WRONG: self._images(images.n_items).draw_answers(random, levels, people)}
        if images.n_other_items:
            others = [
                level_of(images.other_mean, float(np.hypot(own.person_sd, images.image_sd)))
                for own in (self.a, self.b)
            ]
            found[MODEL_RIGHT] = self._images(images.n_other_items).draw_answers(
                random, np.array(others), people
            )
        return found

    def _images(self, n: int) -> Images:
        return Images(n, self.images.item_sd, self.images.item_condition_sd)
