"""The reference autoencoder: the classifier's decoder architecture behind its own encoder.

Its pictures have the same blur, but its features were not trained on classes. Comparing the two
separates what the decoder loses from what the classifier sees.
"""

import torch
from torch import Tensor, nn

from pv_engine.networks.decoders.paper import LEAKY_SLOPE, build_decoder


class Autoencoder(nn.Module):
    """Encodes pictures (B, 3, H, W) in [0, 1] to (B, C, h, w) and decodes them again."""

    def __init__(self, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def forward(self, images: Tensor) -> Tensor:
        pictures: Tensor = self.decoder(self.encoder(images))
        return pictures


def build_autoencoder(
    feature_shape: tuple[int, int, int], image_size: int, width: float, seed: int
) -> Autoencoder:
    """Create an autoencoder whose bottleneck has the shape of the classifier's features.

    Its encoder halves the picture as often as the decoder doubles the features, with the decoder's
    widths in reverse.

    Parameters
    ----------
    feature_shape : (C, h, w)
    image_size : int
        Side in pixels.
    width : float
        Factor for the decoder's channels.
    """
    decoder = build_decoder(feature_shape, image_size, width, seed)
    torch.manual_seed(seed + 1)
    widths = [block.out_channels for block in decoder.blocks
              if isinstance(block, nn.ConvTranspose2d)]  # fmt: skip
    channels = 3
    layers: list[nn.Module] = []
    for each in reversed(widths):
        layers += [
            nn.Conv2d(channels, each, 3, stride=2, padding=1),
            nn.BatchNorm2d(each),
            nn.LeakyReLU(LEAKY_SLOPE),
        ]
        channels = each
    side = image_size
    for _ in widths:
        side = (side + 1) // 2
    if (side, side) != tuple(feature_shape[1:]):
        layers.append(nn.AdaptiveAvgPool2d(feature_shape[1:]))
    layers.append(nn.Conv2d(channels, feature_shape[0], 1))
    return Autoencoder(nn.Sequential(*layers), decoder)
