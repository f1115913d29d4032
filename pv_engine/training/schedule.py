"""The schedule of a training: steps, learning rate, records and validations."""

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from pv_engine.training.seeds import seeded

VALIDATIONS = 12
WARM_UP_SHARE = 0.05
# The maximum number of points of the training loss, besides those of validations.
RECORDS = 200


@dataclass(frozen=True)
class Schedule:
    """The steps and learning rates of a training on `rows` samples."""

    rows: int
    batch_size: int
    epochs: int
    learning_rate: float
    decay: Literal["constant", "cosine"]
    seed: int
    patience: int = 0
    """Training stops after this many validations without a better score; 0: never."""

    @property
    def steps_per_epoch(self) -> int:
        return max(1, self.rows // self.batch_size)

    @property
    def total_steps(self) -> int:
        return self.steps_per_epoch * self.epochs

    def rate(self, step: int) -> float:
        """Return a step's learning rate; cosine decay follows a linear warm-up of 5 %."""
        if self.decay == "constant":
            return self.learning_rate
        warm_up = max(1, int(WARM_UP_SHARE * self.total_steps))
        if step < warm_up:
            return self.learning_rate * (step + 1) / warm_up
        share = (step - warm_up) / max(1, self.total_steps - warm_up)
        return self.learning_rate * 0.5 * (1 + math.cos(math.pi * share))

    def batch(self, step: int) -> Tensor:
        """Return the row numbers of a step, from the epoch's permutation."""
        epoch, place = divmod(step, self.steps_per_epoch)
        order = torch.randperm(self.rows, generator=seeded(self.seed, 0, epoch))
        return order[place * self.batch_size : (place + 1) * self.batch_size]

    def validates_after(self, step: int) -> bool:
        """Return whether to validate after a step: about a dozen times in all, and at the end."""
        every = max(1, self.epochs // VALIDATIONS) * self.steps_per_epoch
        return (step + 1) % every == 0 or step + 1 == self.total_steps

    def records_after(self, step: int) -> bool:
        """Return whether the mean training loss since the last record becomes a point of the curve.

        Records are evenly spaced, and also at every validation; fewer than 225 in all.
        """
        every = -(-self.total_steps // RECORDS)
        return (step + 1) % every == 0 or self.validates_after(step)

    def ends_early(self, history: list[dict[str, float]]) -> bool:
        """Return whether the last `patience` validations were no better than an earlier one.

        It depends only on the stored history, so a resumed run stops at the same step.
        """
        scores = [row["score"] for row in history if "score" in row]
        if not self.patience or not scores:
            return False
        # Of equal scores, the first is the best; NaN never is.
        best = min(range(len(scores)), key=lambda place: (math.isnan(scores[place]), scores[place]))
        return len(scores) - 1 - best >= self.patience
