"""The best linear decoder whose patches overlap, so that its pictures have no tiles."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from pv_engine.quality.baselines import BaselineFit, with_surroundings


class OverlappingDecoder(nn.Module):
    """Maps each cell's features and their 3 x 3 mean to a patch of twice the cell's side.

    Features (B, C, h, w) to (B, 3, h * patch, w * patch), enlarged to (B, 3, size, size), clamped.
    Where patches overlap, their mean is taken under a squared-sine window, which is 0 at a patch's
    border.
    """

    window: Tensor

    def __init__(self, channels: int, patch: int, size: int) -> None:
        super().__init__()
        self.patch = patch
        self.size = size
        self.to_patch = nn.Conv2d(2 * channels, 3 * (2 * patch) ** 2, 1)
        self.register_buffer("window", _window(2 * patch), persistent=False)

    def forward(self, features: Tensor) -> Tensor:
        patches = self.to_patch(with_surroundings(features)).flatten(2)
        window = self.window.flatten()[:, None]
        sums = self._folded(patches * window.repeat(3, 1), features)
        weights = self._folded(window.repeat(3, patches.shape[2])[None], features)
        drawn = functional.interpolate(
            sums / weights, (self.size, self.size), mode="bilinear", align_corners=False
        )
        return drawn.clamp(0, 1)

    def _folded(self, patches: Tensor, features: Tensor) -> Tensor:
        """Add patches (B, 3 * side², cells) at their places."""
        sides = tuple(each * self.patch for each in features.shape[-2:])
        return functional.fold(
            patches, sides, 2 * self.patch, padding=self.patch // 2, stride=self.patch
        )


class OverlappingFit(BaselineFit):
    """Fits an OverlappingDecoder to pictures and their features, batch by batch.

    Beyond the border, pictures are continued by their outermost pixels.
    """

    overlap = 2

    def targets(self, pictures: Tensor) -> Tensor:
        """Return each cell's patch of twice its side, (B, 3 * side², h, w)."""
        margin = self.patch // 2
        padded = functional.pad(pictures, (margin,) * 4, mode="replicate")
        patches = functional.unfold(padded, 2 * self.patch, stride=self.patch)
        side = self.drawn // self.patch
        return patches.reshape(*patches.shape[:2], side, side)

    def linear_decoder(self, ridge: float) -> OverlappingDecoder:  # type: ignore[override] # of overlapping patches
        """Return the best such decoder; `ridge` as in NormalEquations.solve."""
        decoder = OverlappingDecoder(self.channels, self.patch, self.size)
        return self.filled(decoder, decoder.to_patch, ridge)


def _window(side: int) -> Tensor:
    line = torch.sin((torch.arange(side) + 0.5) / side * torch.pi) ** 2
    return line[:, None] * line[None, :]
