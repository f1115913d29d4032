"""Sharp patterns on top of a blurred picture, drawn from each cell's features in one step."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from pv_engine.networks.decoders.paper import LEAKY_SLOPE

TEXTURE_WIDTH = 256


class Texture(nn.Module):
    """Features (B, C, h, h) and mixed features to a correction of logits, (B, 3, h cell, h cell).

    Each cell draws a patch of twice its side under a squared-sine window, so that neighbours add up
    without seams. A single linear layer reaches every frequency. Initialised to zero.
    """

    window: Tensor

    def __init__(self, channels: int, mixed: int, width: int, cell: int) -> None:
        super().__init__()
        self.cell = cell
        self.of_features = nn.Conv2d(channels, width, 1)
        self.of_mixed = nn.Conv2d(mixed, width, 1)
        self.norm = nn.GroupNorm(1, width)
        self.patches = nn.Parameter(torch.zeros(width, 3, 2 * cell, 2 * cell))
        self.register_buffer("window", _window(2 * cell), persistent=False)

    def forward(self, features: Tensor, mixed: Tensor) -> Tensor:
        hidden = self.norm(self.of_features(features) + self.of_mixed(mixed))
        return functional.conv_transpose2d(
            functional.leaky_relu(hidden, LEAKY_SLOPE),
            self.patches * self.window,
            stride=self.cell,
            padding=self.cell // 2,
        )


def _window(side: int) -> Tensor:
    """Return a window (side, side); four of them, shifted by half a side, sum to one."""
    line = torch.sin((torch.arange(side) + 0.5) / side * torch.pi) ** 2
    return line[:, None] * line[None, :]
