"""The training loop: bounded segments that resume bit for bit.

All randomness of a step follows from the seed and the step's number, so a run that was killed and
resumed takes the same steps as an uninterrupted one.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

import torch
from torch import Tensor, nn

from pv_engine.networks.weights.files import save_weights
from pv_engine.runtime.device import own_randomness
from pv_engine.training.batch import Batch
from pv_engine.training.checkpoints import Checkpoint, latest_checkpoint, save_checkpoint
from pv_engine.training.curve import RunningLosses, require_finite
from pv_engine.training.samples import write_samples
from pv_engine.training.schedule import Schedule
from pv_engine.training.seeds import mixed_seed, seeded
from pv_engine.training.team import ALONE, Team


class Objective(Protocol):
    """A module to train, with its loss and its validation score."""

    module: nn.Module
    """The module whose weights and buffers are stored."""
    learner: nn.Module
    """The module that `losses` calls: `module` or a part of it, possibly wrapped for processes."""

    @property
    def reduction(self) -> Literal["mean", "sum"]:
        """Whether the total is a mean or a sum over the pictures of a batch."""
        ...

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Return the loss terms of the batch as scalars; `total` is minimised."""
        ...

    def validate(self) -> dict[str, float]:
        """Return measures on the validation pictures; a lower `score` is better."""
        ...

    def samples(self) -> Tensor | None:
        """Return rows of sample pictures, (R, B, 3, H, W) in [0, 1], if there are any."""
        ...


@dataclass(frozen=True)
class Speed:
    """The speed of the last segment, including its checkpoint and validations."""

    images_per_second: float
    seconds_left: float


class Trainer:
    """Trains an objective by a schedule, one segment at a time."""

    def __init__(
        self,
        objective: Objective,
        schedule: Schedule,
        optimizer: torch.optim.Optimizer,
        folder: Path,
        device: torch.device,
        team: Team = ALONE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.objective = objective
        self.schedule = schedule
        self.optimizer = optimizer
        self.folder = folder
        self.device = device
        self.team = team
        self.clock = clock
        self.speed: Speed | None = None
        self.state = self._resumed() or Checkpoint(0, {}, {}, math.inf, [])
        self.running = RunningLosses(self.state.running, self.state.running_steps)
        objective.learner = team.joined(objective.learner, device)

    def _resumed(self) -> Checkpoint | None:
        found = latest_checkpoint(self.folder, self.device)
        if found:
            self.objective.module.load_state_dict(found.module)
            self.optimizer.load_state_dict(found.optimizer)
        self.team.agree_on(
            found.step if found else 0,
            f"The processes find different checkpoints in {self.folder}; all must see one folder.",
        )
        return found

    @property
    def best_weights(self) -> Path:
        return self.folder / "best.safetensors"

    @property
    def has_stopped_early(self) -> bool:
        return self.schedule.ends_early(self.state.history)

    @property
    def is_finished(self) -> bool:
        return self.state.step >= self.schedule.total_steps or self.has_stopped_early

    def run(self, seconds: float) -> Checkpoint:
        """Take steps for about `seconds`, at least one, and write a checkpoint."""
        begin, first = self.clock(), self.state.step
        with own_randomness(self.device):
            while not self.is_finished:
                self._step(self.state.step)
                if self._is_over(begin + seconds):
                    break
        self._save()
        self._measure(self.state.step - first, self.clock() - begin)
        return self.state

    def _is_over(self, end: float) -> bool:
        if self.team.is_alone:
            return self.clock() >= end
        # To agree, the processes wait for each other, so they do it only at records.
        if not self.schedule.records_after(self.state.step - 1):
            return False
        return self.team.by_the_first(lambda: self.clock() >= end)

    def _save(self) -> None:
        self.state = replace(
            self.state,
            module=self.objective.module.state_dict(),
            optimizer=self.optimizer.state_dict(),
            running=self.running.sums,
            running_steps=self.running.steps,
        )
        if self.team.leads:
            save_checkpoint(self.folder, self.state)

    def _measure(self, steps: int, seconds: float) -> None:
        if steps and seconds > 0:
            rate = steps / seconds
            left = 0 if self.is_finished else self.schedule.total_steps - self.state.step
            self.speed = Speed(rate * self.schedule.batch_size, left / rate)

    def _step(self, step: int) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = self.schedule.rate(step)
        # For networks with dropout.
        torch.manual_seed(mixed_seed(self.schedule.seed, 3, step, self.team.rank))
        losses = self.objective.losses(self._batch(step))
        self.optimizer.zero_grad(set_to_none=True)
        (losses["total"] * self._scale).backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
        self.optimizer.step()
        self.running.add(losses)
        self.state = replace(self.state, step=step + 1)
        if self.schedule.records_after(step):
            self._record(validates=self.schedule.validates_after(step))

    def _batch(self, step: int) -> Batch:
        whole = self.schedule.batch(step)
        rows, first = self.team.share(whole)
        return Batch(rows, seeded(self.schedule.seed, 1, step), first, len(whole))

    @property
    def _scale(self) -> float:
        """The factor that turns the average of gradients over processes back into a sum."""
        return self.team.size if self.objective.reduction == "sum" else 1

    def _record(self, validates: bool) -> None:
        losses = self.running.means(self.team, self._scale)
        require_finite(losses, self.state.step)
        self.running = RunningLosses()
        row = {"step": float(self.state.step), **losses}
        if validates:
            row |= self.team.by_the_first(self._validated)
            self.state = replace(self.state, best_score=min(self.state.best_score, row["score"]))
        self.state = replace(self.state, history=[*self.state.history, row])

    def _validated(self) -> dict[str, float]:
        """Return the measures, and save the weights if they are the best so far."""
        measures = self.objective.validate()
        if measures["score"] < self.state.best_score:
            save_weights(self.objective.module, self.best_weights)
        pictures = self.objective.samples()
        if pictures is not None:
            write_samples(self.folder / "samples", self.state.step, pictures)
        return measures
