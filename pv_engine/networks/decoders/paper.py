"""The paper's decoder from features to pictures (section 3 and supplementary material)."""

import math

import torch
from torch import Tensor, nn

from pv_engine.errors import RecipeError

# Channels after each doubling for the paper's five doublings, 7 x 7 to 224 x 224.
PAPER_WIDTHS = (512, 512, 256, 128, 64)
LEAKY_SLOPE = 0.2


class Decoder(nn.Module):
    """Doubles the feature map n times: (B, C, h, w) to (B, 3, h * 2**n, w * 2**n) in [0, 1].

    Each doubling is a 3 x 3 transposed convolution of stride 2 with batch normalisation and no
    activation, then a 3 x 3 convolution with leaky ReLU of slope 0.2. The last layer is a
    convolution to three channels with a sigmoid.
    """

    def __init__(self, channels: int, widths: tuple[int, ...]) -> None:
        super().__init__()
        blocks: list[nn.Module] = []
        for width in widths:
            blocks += [
                nn.ConvTranspose2d(channels, width, 3, stride=2, padding=1, output_padding=1),
                nn.BatchNorm2d(width),
                nn.Conv2d(width, width, 3, padding=1),
                nn.LeakyReLU(LEAKY_SLOPE),
            ]
            channels = width
        self.blocks = nn.Sequential(*blocks)
        self.to_picture = nn.Conv2d(channels, 3, 3, padding=1)

    def logits(self, features: Tensor) -> Tensor:
        """Return the picture before the sigmoid."""
        picture: Tensor = self.to_picture(self.blocks(features))
        return picture

    def forward(self, features: Tensor) -> Tensor:
        return torch.sigmoid(self.logits(features))


def build_decoder(
    feature_shape: tuple[int, int, int], image_size: int, width: float, seed: int
) -> Decoder:
    """Create the paper's decoder, untrained.

    With fewer doublings than five, it has the paper's last widths; with more, the first width is
    repeated.

    Parameters
    ----------
    feature_shape : (C, h, w)
    image_size : int
        Side of the picture in pixels.
    width : float
        Factor for the paper's channels.

    Raises
    ------
    RecipeError
        If `image_size` is not h times a power of two.
    """
    times = doublings(feature_shape, image_size)
    extra = max(0, times - len(PAPER_WIDTHS))
    widths = (PAPER_WIDTHS[:1] * extra + PAPER_WIDTHS)[-times:]
    torch.manual_seed(seed)
    return Decoder(feature_shape[0], tuple(max(8, round(width * each)) for each in widths))


def doublings(feature_shape: tuple[int, int, int], image_size: int, at_least: int = 1) -> int:
    """Return how many times the feature map must be doubled; RecipeError if not a whole number."""
    _, height, breadth = feature_shape
    times = round(math.log2(image_size / height))
    if height != breadth or times < at_least or height * 2**times != image_size:
        raise RecipeError(
            f"data.image_size is {image_size}, which is not the feature map's {height} x {breadth} "
            f"doubled a whole number of times; {height * 2 ** max(times, at_least)} would be."
        )
    return times
