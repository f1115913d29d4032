"""One process's part of a training step."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """Row numbers of the training samples, and the step's random generator.

    Processes that train together all draw the random numbers of the whole step and use those of
    their rows, so that the step is the same as in one process.
    """

    rows: Tensor
    generator: torch.Generator
    first: int
    """Index of the first row in the whole step."""
    total: int
    """Number of rows in the whole step."""

    def mirrored(self) -> Tensor:
        """Draw which pictures to mirror, each with probability one half; (B,) booleans."""
        chosen = torch.rand(self.total, generator=self.generator) < 0.5
        return chosen[self.first : self.first + len(self.rows)]
