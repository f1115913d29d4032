"""What one process is given for one step: its pictures, and what is random about them."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """Row numbers of the training samples, and the step's own source of randomness.

    Several processes that train together draw the same random numbers for the whole step and each
    keep those of their rows, so that the step is the same as in one process.
    """

    rows: Tensor
    generator: torch.Generator
    first: int
    """Place of the first row in the whole step."""
    total: int
    """How many rows the whole step has."""

    def mirrored(self) -> Tensor:
        """Which of the pictures are to be mirrored, each with probability one half; (B,)."""
        chosen = torch.rand(self.total, generator=self.generator) < 0.5
        return chosen[self.first : self.first + len(self.rows)]
