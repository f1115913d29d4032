"""The paper's decoder from features to pictures (section 3 and supplementary material)."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

# Channels after each doubling for the paper's five doublings, 7 x 7 to 224 x 224.
PAPER_WIDTHS = (512, 512, 256, 128, 64)
LEAKY_SLOPE = 0.2
# The authors' published code: convolutions after each doubling, and Keras's defaults.
AUTHORS_CONVOLUTIONS = (2, 2, 2, 1, 1)
KERAS_EPSILON, KERAS_MOMENTUM = 1e-3, 0.01


class Decoder(nn.Module):
    """Doubles the feature map n times: (B, C, h, w) to (B, 3, size, size) in [0, 1].

    Where h * 2**n is not the picture's size, the last step resizes, bilinearly.

    Each doubling is a transposed convolution of stride 2 with batch normalisation and no
    activation, then 3 x 3 convolutions with leaky ReLU of slope 0.2. The last layer is a
    convolution to three channels with a sigmoid.

    Parameters
    ----------
    channels : int
        Of the features.
    widths : tuple of int
        Channels after each doubling.
    size : int
        Side of the picture in pixels.
    convolutions : tuple of int, optional
        How many follow each doubling; one by default.
    kernel : {2, 3}
        Side of the transposed kernels.
    """

    def __init__(
        self,
        channels: int,
        widths: tuple[int, ...],
        size: int,
        convolutions: tuple[int, ...] = (),
        kernel: int = 3,
    ) -> None:
        super().__init__()
        self.size = size
        margin = kernel - 2  # what keeps the side at exactly the double
        blocks: list[nn.Module] = []
        for width, count in zip(widths, convolutions or (1,) * len(widths), strict=True):
            blocks += [
                nn.ConvTranspose2d(
                    channels, width, kernel, stride=2, padding=margin, output_padding=margin
                ),
                nn.BatchNorm2d(width),
            ]
            for _ in range(count):
                blocks += [nn.Conv2d(width, width, 3, padding=1), nn.LeakyReLU(LEAKY_SLOPE)]
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
    torch.manual_seed(seed)
    return Decoder(feature_shape[0], _widths(feature_shape, image_size, width), image_size)


def build_authors_decoder(
    feature_shape: tuple[int, int, int], image_size: int, width: float, seed: int
) -> Decoder:
    """Create the network of the authors' published code, untrained; arguments as `build_decoder`.

    With 2048 x 7 x 7 features and 224 pixels, it has the same layers, and so the same weights: two
    convolutions after each of the first three doublings, one after the others, and transposed
    kernels of 2 x 2, which do not overlap. Initial weights (Glorot) and batch normalisation are as
    in Keras.
    """
    widths = _widths(feature_shape, image_size, width)
    extra = max(0, len(widths) - len(AUTHORS_CONVOLUTIONS))
    counts = (AUTHORS_CONVOLUTIONS[:1] * extra + AUTHORS_CONVOLUTIONS)[-len(widths) :]
    torch.manual_seed(seed)
    decoder = Decoder(feature_shape[0], widths, image_size, counts, kernel=2)
    for layer in decoder.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d) and layer.bias is not None:
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
        if isinstance(layer, nn.BatchNorm2d):
            layer.eps, layer.momentum = KERAS_EPSILON, KERAS_MOMENTUM
    return decoder


def _widths(feature_shape: tuple[int, int, int], image_size: int, width: float) -> tuple[int, ...]:
    times = doublings(feature_shape, image_size)
    extra = max(0, times - len(PAPER_WIDTHS))
    widths = (PAPER_WIDTHS[:1] * extra + PAPER_WIDTHS)[-times:]
    return tuple(max(8, round(width * each)) for each in widths)


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
