"""A critic of patches, against which a decoder can be trained (paper, section 5: to no avail)."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from pv_engine.networks.decoders.paper import LEAKY_SLOPE

# Channels after each halving; the answers are about patches of some 30 pixels.
WIDTHS = (32, 64, 128)


class Reversed(torch.autograd.Function):
    """The identity, whose gradient changes its sign (Ganin and Lempitsky, 2015)."""

    @staticmethod
    def forward(context: Any, pictures: Tensor) -> Tensor:
        return pictures.view_as(pictures)

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> Tensor:
        return -gradients[0]


class PatchCritic(nn.Module):
    """Pictures (B, 3, H, W) to how real each patch looks, (B, 1, H / 8, W / 8), without bounds.

    Spectral norms keep its slope within bounds (Miyato et al., 2018,
    https://arxiv.org/abs/1802.05957), so the mean difference of its answers is a usable loss.
    """

    def __init__(self, widths: Sequence[int] = WIDTHS) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 3
        for width in widths:
            layers += [_bounded(before, width, 4, 2), nn.LeakyReLU(LEAKY_SLOPE)]
            before = width
        self.layers = nn.Sequential(*layers, _bounded(before, 1, 3, 1))

    def forward(self, pictures: Tensor) -> Tensor:
        answers: Tensor = self.layers(2 * pictures.float() - 1)
        return answers


class WithCritic(nn.Module):
    """A decoder with the critic that it is trained against; it draws as the decoder does."""

    def __init__(self, decoder: nn.Module, seed: int) -> None:
        super().__init__()
        self.decoder = decoder
        torch.manual_seed(seed)
        self.critic = PatchCritic()

    def forward(self, features: Tensor) -> Tensor:
        pictures: Tensor = self.decoder(features)
        return pictures

    def difference(self, real: Tensor, drawn: Tensor) -> Tensor:
        """How much more real the drawn pictures look than real ones, a scalar.

        Who minimises it trains the critic to tell them apart, and, through the reversed gradient,
        the decoder to prevent that.
        """
        reverse: Any = Reversed.apply
        difference: Tensor = self.critic(reverse(drawn)).mean() - self.critic(real).mean()
        return difference


def _bounded(before: int, after: int, side: int, stride: int) -> nn.Module:
    convolution = nn.Conv2d(before, after, side, stride, padding=1)
    return nn.utils.parametrizations.spectral_norm(convolution)
