"""A decoder that enlarges by interpolation: no transposed convolution, so no checkerboard.

Transposed convolutions of stride 2 cover the pixels of a 2 x 2 block unequally, which shows as a
grid (Odena et al., 2016, https://doi.org/10.23915/distill.00003). Most of this decoder's weights
work at the small sides, where a shape is decided and a convolution costs least.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from pv_engine.errors import RecipeError
from pv_engine.networks.decoders.paper import LEAKY_SLOPE, doublings, resized

# Channels at the feature map's own side and after each doubling; more doublings repeat the last.
WIDTHS = (192, 128, 64, 32, 16)
# Residual blocks at the feature map's own side, and after each of the first doublings.
BLOCKS = (2, 1)
# Pixels that the linear start draws along each side of a cell, at most.
START_PATCH = 8
# Keeps the start away from 0 and 1, where the logit is infinite.
MARGIN = 0.02


class Block(nn.Module):
    """Maps (B, C, h, w) plus two 3 x 3 convolutions of them, each behind a batch norm."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for _ in range(2))
        first, last = (nn.Conv2d(width, width, 3, padding=1) for _ in range(2))
        nn.init.zeros_(last.weight)
        self.convolutions = nn.ModuleList([first, last])

    def forward(self, maps: Tensor) -> Tensor:
        branch = maps
        for norm, convolution in zip(self.norms, self.convolutions, strict=True):
            branch = convolution(functional.leaky_relu(norm(branch), LEAKY_SLOPE))
        return maps + branch


class Enlargement(nn.Module):
    """Changes the channels, doubles the side bilinearly, and adds a 3 x 3 convolution."""

    def __init__(self, channels: int, width: int, blocks: int) -> None:
        super().__init__()
        self.to_width = nn.Conv2d(channels, width, 1)
        self.norm = nn.BatchNorm2d(width)
        self.convolution = nn.Conv2d(width, width, 3, padding=1)
        self.blocks = nn.Sequential(*(Block(width) for _ in range(blocks)))

    def forward(self, maps: Tensor) -> Tensor:
        maps = enlarged_twice(self.to_width(maps))
        branch = self.convolution(functional.leaky_relu(self.norm(maps), LEAKY_SLOPE))
        enlarged: Tensor = self.blocks(maps + branch)
        return enlarged


class ResizingDecoder(nn.Module):
    """sigmoid(logit(start) + enlargements), (B, C, h, h) to pictures (B, 3, size, size) in [0, 1].

    `start` is a linear decoder, frozen, which gives colours and layout at once. The last doubling
    enlarges few channels and is followed by the convolution that draws, initialised to zero.
    """

    def __init__(self, start: nn.Module, channels: int, widths: tuple[int, ...], size: int) -> None:
        super().__init__()
        self.size = size
        self.start = start.requires_grad_(False)
        first, *others, last = widths
        # Every channel of the features on one scale, without weights of its own.
        self.scale = nn.BatchNorm2d(channels, affine=False)
        self.to_width = nn.Conv2d(channels, first, 1)
        self.blocks = nn.Sequential(*(Block(first) for _ in range(BLOCKS[0])))
        before = (first, *others)
        blocks = (*BLOCKS[1:], *(0 for _ in others))
        self.enlargements = nn.Sequential(*map(Enlargement, before, others, blocks))
        self.norm = nn.BatchNorm2d(before[-1])
        self.to_last = nn.Conv2d(before[-1], last, 3, padding=1)
        self.to_picture = nn.Conv2d(last, 3, 3, padding=1)
        nn.init.zeros_(self.to_picture.weight)
        nn.init.zeros_(self.to_picture.bias)  # type: ignore[arg-type] # made with a bias

    def forward(self, features: Tensor) -> Tensor:
        maps = self.enlargements(self.blocks(self.to_width(self.scale(features))))
        maps = self.to_last(functional.leaky_relu(self.norm(maps), LEAKY_SLOPE))
        maps = functional.leaky_relu(enlarged_twice(maps), LEAKY_SLOPE)
        start = self.start(features).float().clamp(MARGIN, 1 - MARGIN)
        drawn = resized(self.to_picture(maps).float(), self.size)
        return torch.sigmoid(torch.logit(start) + drawn)


def start_side(feature_shape: tuple[int, int, int], image_size: int) -> int:
    """Return the side in pixels at which the linear start draws, an even number for each cell.

    RecipeError for features too large for that.
    """
    side = feature_shape[1]
    patch = min(START_PATCH, image_size // side) // 2 * 2
    if not patch:
        raise RecipeError(
            f"decoder.profile is 'resizing', which needs features of at most half the side of "
            f"data.image_size, {image_size}, but they have {side}; choose another profile."
        )
    return side * patch


def enlarged_twice(maps: Tensor) -> Tensor:
    """Double the side of (B, C, h, w), bilinear."""
    return functional.interpolate(maps, scale_factor=2, mode="bilinear", align_corners=False)


def build_resizing_decoder(
    start: nn.Module,
    feature_shape: tuple[int, int, int],
    image_size: int,
    width: float,
    seed: int,
) -> ResizingDecoder:
    """Create a decoder that still draws what `start` draws; `width` multiplies its channels.

    Parameters
    ----------
    start : nn.Module
        Features to pictures, for example an OverlappingDecoder.
    feature_shape : (C, h, h)
    image_size : int
        Side of the picture in pixels.
    """
    times = doublings(feature_shape, image_size)
    extra = max(0, times + 1 - len(WIDTHS))
    widths = (WIDTHS + WIDTHS[-1:] * extra)[: times + 1]
    torch.manual_seed(seed)
    channels = tuple(max(8, round(width * each)) for each in widths)
    return ResizingDecoder(start, feature_shape[0], channels, image_size)
