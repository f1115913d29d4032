"""What a decoder must beat: one picture for all, and the best linear map from the features."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from pv_engine.errors import RecipeError
from pv_engine.quality.normal_equations import NormalEquations


class LinearDecoder(nn.Module):
    """Each cell's features and their 3 x 3 mean to that cell's patch of pixels, then clamped.

    Input (B, C, h, w); drawn as (B, 3, h * patch, w * patch), enlarged to (B, 3, size, size).
    The neighbourhood of a cell at the border is what of it lies inside.
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
    """Features (B, C, h, w) followed by their 3 x 3 means, (B, 2C, h, w)."""
    means = functional.avg_pool2d(features, 3, stride=1, padding=1, count_include_pad=False)
    return torch.cat([features, means], dim=1)


class BaselineFit:
    """Fits both baselines to pictures and their features, batch by batch.

    `feature_shape` is (C, h, w), `size` the pictures' side, `drawn` the side at which the linear
    baseline draws; RecipeError when that is not a multiple of the feature map's.
    """

    def __init__(
        self, feature_shape: tuple[int, int, int], size: int, drawn: int, device: torch.device
    ) -> None:
        channels, side, _ = feature_shape
        if drawn % side or drawn > size:
            raise RecipeError(
                f"quality.linear_size is {drawn}, which must be a multiple of the feature map's "
                f"side, {side}, and at most data.image_size, {size}."
            )
        self.channels, self.size, self.patch = channels, size, drawn // side
        self.drawn = drawn
        self.equations = NormalEquations(2 * channels, 3 * self.patch**2, device)
        self.total = torch.zeros(3, size, size, dtype=torch.float64, device=device)
        self.done = torch.zeros(1, dtype=torch.int64, device=device)

    @property
    def state(self) -> dict[str, Tensor]:
        """All sums, changed in place by `add`: what must be stored to go on later."""
        return {**self.equations.sums, "total": self.total, "done": self.done}

    def add(self, images: Tensor, features: Tensor) -> None:
        """Take in pictures (B, 3, size, size) in [0, 1] and their features (B, C, h, w)."""
        reduced = images
        if self.drawn != self.size:
            reduced = functional.interpolate(images, (self.drawn, self.drawn), mode="area")
        targets = functional.pixel_unshuffle(reduced, self.patch)
        self.equations.add(_cells(with_surroundings(features.float())), _cells(targets))
        self.total += images.double().sum(dim=0)
        self.done += len(images)

    def mean_image(self) -> Tensor:
        """The mean picture, (1, 3, size, size)."""
        return (self.total / self.done).float()[None]

    def linear_decoder(self, ridge: float) -> LinearDecoder:
        """The best linear decoder of the pictures seen, for a ridge as in NormalEquations.solve."""
        weights, intercept = self.equations.solve(ridge)
        decoder = LinearDecoder(self.channels, self.patch, self.size)
        with torch.no_grad():
            decoder.to_patch.weight.copy_(weights.T[:, :, None, None])
            decoder.to_patch.bias.copy_(intercept)  # type: ignore[union-attr] # made with a bias
        return decoder.to(weights.device).eval()


def _cells(maps: Tensor) -> Tensor:
    """(B, D, h, w) as (B * h * w, D)."""
    return maps.permute(0, 2, 3, 1).reshape(-1, maps.shape[1])
