"""A small convolutional network for pictures of about 128 pixels, quick to train on a CPU."""

import itertools

import torch
from torch import Tensor, nn


class SmallCnn(nn.Module):
    """Four stages, each halving the picture, then global average pooling and a linear layer.

    Input (B, 3, H, W) with H and W multiples of 16; features (B, 8 * width, H/16, W/16).
    """

    def __init__(self, num_classes: int, width: int = 32) -> None:
        super().__init__()
        channels = [3, width, 2 * width, 4 * width, 8 * width]
        self.features = nn.Sequential(
            *(_stage(before, after) for before, after in itertools.pairwise(channels))
        )
        self.head = PooledLinear(nn.Linear(channels[-1], num_classes))

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.head(self.features(images))
        return logits


def _stage(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(),
        nn.Conv2d(after, after, 3, padding=1, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(),
    )


class PooledLinear(nn.Module):
    """Global average pooling, then a linear layer: (B, C, h, w) to (B, classes).

    Kept as a type of its own because Grad-CAM has a closed form on it.
    """

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.linear = linear

    def forward(self, features: Tensor) -> Tensor:
        logits: Tensor = self.linear(torch.mean(features, dim=(2, 3)))
        return logits
