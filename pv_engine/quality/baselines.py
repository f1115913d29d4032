"""Baselines for decoders: the mean picture, and the best linear map from the features."""

from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from pv_engine.errors import RecipeError
from pv_engine.quality.normal_equations import NormalEquations

Decoder = TypeVar("Decoder", bound=nn.Module)


class LinearDecoder(nn.Module):
    """Maps each cell's features and their 3 x 3 mean to the cell's patch of pixels, clamped.

    Features (B, C, h, w) to (B, 3, h * patch, w * patch), enlarged to (B, 3, size, size). Means at
    the border use the cells inside.
    """

    def __init__(self, channels: int, patch: int, size: int) -> None:
        super().__init__()
        self.patch = patch
        self.size = size
        self.to_patch = nn.Conv2d(2 * channels, 3 * patch * patch, 1)

    def forward(self, features: Tensor) -> Tensor:
        drawn = functional.pixel_shuffle(self.to_patch(with_surroundings(features)), self.patch)
        if drawn.shape[-1] != self.size:
            drawn = functional.interpolate(drawn, (self.size, self.size), mode="bicubic")
        return drawn.clamp(0, 1)


def with_surroundings(features: Tensor) -> Tensor:
    """Append the 3 x 3 means to features (B, C, h, w), giving (B, 2C, h, w)."""
    means = functional.avg_pool2d(features, 3, stride=1, padding=1, count_include_pad=False)
    return torch.cat([features, means], dim=1)


def drawn_side(feature_shape: tuple[int, int, int], size: int) -> int:
    """Return the side at which a linear decoder draws: the largest multiple of the map's side."""
    side = feature_shape[1]
    return side * max(1, size // side)


def check_drawn(feature_shape: tuple[int, int, int], size: int, drawn: int) -> None:
    """Raise RecipeError for a side at which no linear decoder can draw; 0 leaves the choice."""
    side = feature_shape[1]
    if drawn % side or drawn > size:
        raise RecipeError(
            f"quality.linear_size is {drawn}, which must be a multiple of the feature map's "
            f"side, {side}, and at most data.image_size, {size}."
        )


class BaselineFit:
    """Fits both baselines to pictures and their features, batch by batch.

    Parameters
    ----------
    feature_shape : (C, h, w)
    size : int
        Side of the pictures in pixels.
    drawn : int
        Side in pixels at which the linear baseline draws.

    Raises
    ------
    RecipeError
        If `drawn` is not a multiple of h, or larger than `size`.
    """

    # Side of what a cell draws, in cells.
    overlap = 1

    def __init__(
        self, feature_shape: tuple[int, int, int], size: int, drawn: int, device: torch.device
    ) -> None:
        check_drawn(feature_shape, size, drawn)
        channels, side, _ = feature_shape
        self.channels, self.size, self.patch = channels, size, drawn // side
        self.drawn = drawn
        self.equations = NormalEquations(2 * channels, 3 * (self.overlap * self.patch) ** 2, device)
        self.total = torch.zeros(3, size, size, dtype=torch.float64, device=device)
        self.done = torch.zeros(1, dtype=torch.int64, device=device)

    @property
    def state(self) -> dict[str, Tensor]:
        """All sums, which `add` changes in place; storing them is enough to continue later."""
        return {**self.equations.sums, "total": self.total, "done": self.done}

    def add(self, images: Tensor, features: Tensor) -> None:
        """Add pictures (B, 3, size, size) in [0, 1] and their features (B, C, h, w)."""
        reduced = images
        if self.drawn != self.size:
            reduced = functional.interpolate(images, (self.drawn, self.drawn), mode="area")
        inputs = with_surroundings(features.float())
        self.equations.add(cells(inputs), cells(self.targets(reduced)))
        self.total += images.double().sum(dim=0)
        self.done += len(images)

    def targets(self, pictures: Tensor) -> Tensor:
        """Return what each cell draws of pictures at the side `drawn`, (B, targets, h, w)."""
        return functional.pixel_unshuffle(pictures, self.patch)

    def mean_image(self) -> Tensor:
        """Return the mean picture, (1, 3, size, size)."""
        return (self.total / self.done).float()[None]

    def linear_decoder(self, ridge: float) -> LinearDecoder:
        """Return the best linear decoder of the pictures; `ridge` as in NormalEquations.solve."""
        decoder = LinearDecoder(self.channels, self.patch, self.size)
        return self.filled(decoder, decoder.to_patch, ridge)

    def filled(self, decoder: Decoder, layer: nn.Conv2d, ridge: float) -> Decoder:
        """Return the decoder with the solution in its layer."""
        weights, intercept = self.equations.solve(ridge)
        with torch.no_grad():
            layer.weight.copy_(weights.T[:, :, None, None])
            layer.bias.copy_(intercept)  # type: ignore[union-attr] # made with a bias
        return decoder.to(weights.device).eval()


def cells(maps: Tensor) -> Tensor:
    """Reshape (B, D, h, w) to (B * h * w, D)."""
    return maps.permute(0, 2, 3, 1).reshape(-1, maps.shape[1])
