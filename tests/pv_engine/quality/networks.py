"""Networks with hand-set weights, whose features can be computed in the head."""

import torch
from torch import nn

from pv_engine.networks.classifier import Classifier
from pv_engine.networks.heads import PooledLinear


class ByParts(nn.Module):
    """Features of a picture: the mean colour of each square of `side` pixels."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.side = side

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return nn.functional.avg_pool2d(images, self.side)


class Enlarge(nn.Module):
    """The decoder that belongs to it: each square in its mean colour."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.side = side

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return nn.functional.interpolate(features, scale_factor=self.side)


def colour_classifier(side: int = 8) -> Classifier:
    """Its classes are red, green and blue: the channel that is strongest on average."""
    head = PooledLinear(nn.Linear(3, 3))
    with torch.no_grad():
        head.linear.weight.copy_(torch.eye(3))
        head.linear.bias.zero_()
    return Classifier(ByParts(side), head, mean=0.0, std=1.0).eval()


def noise(count: int, size: int = 32, seed: int = 0) -> torch.Tensor:
    """Pictures (count, 3, size, size) of noise in [0, 1]."""
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(seed))
