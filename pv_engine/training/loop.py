"""The training loop: bounded segments that resume bit for bit.

Whatever is random at a step follows from the seed and the step's number alone, so a run that was
killed and resumed takes the same steps as one that was not.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

import torch
from torch import Tensor, nn

from pv_engine.errors import EngineError
from pv_engine.networks.weights import save_weights
from pv_engine.training.checkpoints import Checkpoint, latest_checkpoint, save_checkpoint

VALIDATIONS = 12
WARM_UP_SHARE = 0.05


class Objective(Protocol):
    """What is trained: a module, its loss on given samples, and its validation score."""

    module: nn.Module

    def losses(self, rows: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        """Loss terms on the training rows; the one that is minimised is called `total`."""
        ...

    def validate(self) -> dict[str, float]:
        """Measures on the validation rows; `score` is better when lower."""
        ...


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to train on `rows` training samples."""

    rows: int
    batch_size: int
    epochs: int
    learning_rate: float
    decay: Literal["constant", "cosine"]
    seed: int

    @property
    def steps_per_epoch(self) -> int:
        return max(1, self.rows // self.batch_size)

    @property
    def total_steps(self) -> int:
        return self.steps_per_epoch * self.epochs

    def rate(self, step: int) -> float:
        """Learning rate of a step; cosine decay follows a linear warm-up over the first 5 %."""
        if self.decay == "constant":
            return self.learning_rate
        warm_up = max(1, int(WARM_UP_SHARE * self.total_steps))
        if step < warm_up:
            return self.learning_rate * (step + 1) / warm_up
        share = (step - warm_up) / max(1, self.total_steps - warm_up)
        return self.learning_rate * 0.5 * (1 + math.cos(math.pi * share))

    def batch(self, step: int) -> Tensor:
        """Row numbers of a step, from the epoch's own permutation."""
        epoch, place = divmod(step, self.steps_per_epoch)
        order = torch.randperm(self.rows, generator=seeded(self.seed, 0, epoch))
        return order[place * self.batch_size : (place + 1) * self.batch_size]

    def validates_after(self, step: int) -> bool:
        """At the end of every epoch, or of every n-th so that about a dozen remain; at the end."""
        every = max(1, self.epochs // VALIDATIONS) * self.steps_per_epoch
        return (step + 1) % every == 0 or step + 1 == self.total_steps


def seeded(*numbers: int) -> torch.Generator:
    """A CPU generator that depends on the numbers and their order."""
    mixed = 0
    for number in numbers:
        mixed = (mixed * 1_000_003 + number + 1) % (2**63)
    return torch.Generator().manual_seed(mixed)


class Trainer:
    """Runs an objective through its schedule, a segment at a time."""

    def __init__(
        self,
        objective: Objective,
        schedule: Schedule,
        optimizer: torch.optim.Optimizer,
        folder: Path,
        device: torch.device,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.objective = objective
        self.schedule = schedule
        self.optimizer = optimizer
        self.folder = folder
        self.clock = clock
        self.state = Checkpoint(0, {}, {}, math.inf, [])
        found = latest_checkpoint(folder, device)
        if found:
            objective.module.load_state_dict(found.module)
            optimizer.load_state_dict(found.optimizer)
            self.state = found

    @property
    def best_weights(self) -> Path:
        return self.folder / "best.safetensors"

    @property
    def is_finished(self) -> bool:
        return self.state.step >= self.schedule.total_steps

    def run(self, seconds: float) -> Checkpoint:
        """Take steps for about `seconds`, at least one, and write a checkpoint."""
        end = self.clock() + seconds
        while not self.is_finished:
            self._step(self.state.step)
            if self.clock() >= end:
                break
        self.state = replace(
            self.state,
            module=self.objective.module.state_dict(),
            optimizer=self.optimizer.state_dict(),
        )
        save_checkpoint(self.folder, self.state)
        return self.state

    def _step(self, step: int) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = self.schedule.rate(step)
        generator = seeded(self.schedule.seed, 1, step)
        losses = self.objective.losses(self.schedule.batch(step), generator)
        total = losses["total"]
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
        self.optimizer.step()
        self.state = replace(self.state, step=step + 1)
        if self.schedule.validates_after(step):
            self._validate({name: float(value.detach()) for name, value in losses.items()})

    def _validate(self, losses: dict[str, float]) -> None:
        if not math.isfinite(losses["total"]):
            raise EngineError(
                f"The training loss became {losses['total']} at step {self.state.step}; "
                "lower the learning rate."
            )
        measures = self.objective.validate()
        row = {"step": float(self.state.step), **losses, **measures}
        best = self.state.best_score
        if measures["score"] < best:
            best = measures["score"]
            save_weights(self.objective.module, self.best_weights)
        self.state = replace(self.state, best_score=best, history=[*self.state.history, row])
