"""The loss curve: mean training losses between two records, without waiting for the device."""

import math

import torch
from torch import Tensor

from pv_engine.errors import EngineError
from pv_engine.training.team import Team


class RunningLosses:
    """Sums of the loss terms since the last record; they stay on the device until the next."""

    def __init__(self, sums: dict[str, Tensor] | None = None, steps: int = 0) -> None:
        self.sums = dict(sums or {})
        self.steps = steps

    def add(self, losses: dict[str, Tensor]) -> None:
        """Add the terms of one step, each a scalar."""
        for name, value in losses.items():
            loss = value.detach().float()
            self.sums[name] = self.sums[name] + loss if name in self.sums else loss
        self.steps += 1

    def means(self, team: Team, scale: float = 1.0) -> dict[str, float]:
        """Return each term's mean over the steps and over all processes, times `scale`."""
        stacked = torch.stack(list(self.sums.values())) / self.steps
        values = (team.mean(stacked) * scale).tolist()
        return dict(zip(self.sums, values, strict=True))


def require_finite(losses: dict[str, float], step: int) -> None:
    """Raise EngineError if training has diverged."""
    if not math.isfinite(losses["total"]):
        raise EngineError(
            f"The training loss became {losses['total']} by step {step}; lower the learning rate."
        )
