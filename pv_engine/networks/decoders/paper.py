"""The paper's decoder from features to pictures (section 3 and supplementary material)."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

# Channels after each doubling for the paper's five doublings, 7 x 7 to 224 x 224.
PAPER_WIDTHS = (512, 512, 256, 128, 64)
LEAKY_SLOPE = 0.2


class Decoder(nn.Module):
    """Doubles the feature map n times: (B, C, h, w) to (B, 3, size, size) in [0, 1].

    Where h * 2**n is not the picture's size, the last step resizes, bilinearly.

    Each doubling is a 3 x 3 transposed convolution of stride 2 with batch normalisation and no
    activation, then a 3 x 3 convolution with leaky ReLU of slope 0.2. The last layer is a
    convolution to three channels with a sigmoid.
    """

    def __init__(self, channels: int, widths: tuple[int, ...], size: int) -> None:
        super().__init__()
        self.size = size
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
        return resized(self.to_picture(self.blocks(features)), self.size)

    def forward(self, features: Tensor) -> Tensor:
        return torch.sigmoid(self.logits(features))


def build_decoder(
    feature_shape: tuple[int, int, int], image_size: int, width: float, seed: int
) -> Decoder:
    """Create the paper's decoder, untrained.

    With fewer doublings than five, it has the paper's last widths; with more, the first width is
    repeated. Any feature map will do: it is doubled until nearest to the picture's size.

    Parameters
    ----------
    feature_shape : (C, h, w)
    image_size : int
        Side of the picture in pixels.
    width : float
        Factor for the paper's channels.
    """
    times = doublings(feature_shape, image_size)
    extra = max(0, times - len(PAPER_WIDTHS))
    widths = (PAPER_WIDTHS[:1] * extra + PAPER_WIDTHS)[-times:]
    torch.manual_seed(seed)
    scaled = tuple(max(8, round(width * each)) for each in widths)
    return Decoder(feature_shape[0], scaled, image_size)


def resized(pictures: Tensor, size: int) -> Tensor:
    """Resize pictures (B, 3, H, W) bilinearly to (B, 3, size, size), if they are of another."""
    if pictures.shape[-2:] == (size, size):
        return pictures
    return functional.interpolate(
        pictures, (size, size), mode="bilinear", align_corners=False, antialias=True
    )


def doublings(feature_shape: tuple[int, int, int], image_size: int, at_least: int = 1) -> int:
    """Return how often the feature map is doubled to come nearest to the picture's size."""
    return max(at_least, round(math.log2(image_size / max(feature_shape[1:]))))
