"""A small objective with every kind of state, for the tests of the training loop."""

from typing import Literal

import torch
from torch import nn


class Line:
    """Fits a line with batch norm and noise; the scores of its validations can be set."""

    reduction: Literal["mean", "sum"] = "mean"

    def __init__(self, factor=1.0, scores=()):
        torch.manual_seed(0)
        # Before batch norm a bias has no gradient, so Adam would move it by rounding errors alone.
        self.module: nn.Module = nn.Sequential(
            nn.Linear(2, 4, bias=False), nn.BatchNorm1d(4), nn.Linear(4, 1)
        )
        self.learner: nn.Module = self.module
        self.inputs = torch.rand(40, 2, generator=torch.Generator().manual_seed(5))
        self.factor = factor
        self.scores = list(scores)

    def losses(self, batch):
        self.module.train()
        inputs = self.inputs[batch.rows]
        noise = 0.1 * torch.randn(batch.total, 2, generator=batch.generator, dtype=inputs.dtype)
        noise = noise[batch.first : batch.first + len(inputs)]
        error = self.learner(inputs + noise)[:, 0] - inputs.sum(dim=1)
        squares = error**2
        total = squares.mean() if self.reduction == "mean" else squares.sum()
        return {"total": self.factor * total}

    def validate(self):
        self.module.eval()
        with torch.no_grad():
            error = self.module(self.inputs)[:, 0] - self.inputs.sum(dim=1)
        score = float((error**2).mean())
        return {"score": float(self.scores.pop(0)) if self.scores else score}

    def samples(self):
        return None
