"""Random views of pictures: a loss taken on them rewards only what survives display.

A decoder can satisfy an encoder with grain that no person sees and that enlargement and compression
remove. Under small random shifts and changes of size, grain no longer lines up with the encoder's
strides (Olah et al., 2017, https://doi.org/10.23915/distill.00007, on feature visualization).
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

# Smallest and largest side of a view before it is cropped or padded, as shares of the picture's.
SMALLEST, LARGEST = 0.75, 1.25
# How far a view of the same size may be shifted, as a share of the side.
SHIFT = 1 / 16


@dataclass(frozen=True)
class View:
    """Pictures resized to `side`, then moved and cut to their own size, repeating the border."""

    side: int
    down: float
    right: float

    def of(self, pictures: Tensor) -> Tensor:
        """Return this view of pictures (B, 3, s, s)."""
        size = pictures.shape[-1]
        resized = functional.interpolate(
            pictures, (self.side, self.side), mode="bilinear", align_corners=False, antialias=True
        )
        margin = max(1, round(SHIFT * size)) + max(0, size - self.side)
        padded = functional.pad(resized, (margin,) * 4, mode="replicate")
        top, left = (int(share * (padded.shape[-1] - size)) for share in (self.down, self.right))
        return padded[..., top : top + size, left : left + size]


def random_view(size: int, generator: torch.Generator) -> View:
    """Draw a view of pictures of `size` pixels."""
    scale, down, right = torch.rand(3, generator=generator).tolist()
    return View(round(size * (SMALLEST + (LARGEST - SMALLEST) * scale)), down, right)
