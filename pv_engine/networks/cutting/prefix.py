"""Features beside which a network reads prefix tokens, such as a class token, or other maps."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

# What stands beside the features, in words.
CLASS_TOKEN, MAPS = "a class token", "further feature maps"
Encoded = Tensor | tuple[Tensor, ...]


class HeadBeside(nn.Module, ABC):
    """A head that reads other maps beside the features."""

    @abstractmethod
    def beside(self, others: tuple[Tensor, ...]) -> nn.Module:
        """Return the head for pictures whose other maps are these."""


class PrefixedHead(nn.Module):
    """A head for the features of certain pictures, whose prefix tokens stay as they are.

    Maps and reconstructions are about the features, (B, C, h, w), alone; what the prefix tokens
    know is part of the head.
    """

    def __init__(self, head: nn.Module, prefix: Tensor) -> None:
        super().__init__()
        self.head = head
        self.prefix = prefix
        self.training = head.training

    def forward(self, features: Tensor) -> Tensor:
        logits: Tensor = self.head(packed(features, self.prefix))
        return logits


def packed(features: Tensor, prefix: Tensor) -> Tensor:
    """Return prefix tokens (B, p, C) and features (B, C, h, w) in one row, (B, C, 1, p + h w)."""
    cells = features.flatten(2)
    return torch.cat([prefix.transpose(1, 2).to(cells.dtype), cells], dim=2)[:, :, None]


def parted(encoded: Encoded, head: nn.Module) -> tuple[Tensor, nn.Module]:
    """Return what an encoder gave as features (B, C, h, w), and the head that reads them."""
    if isinstance(encoded, Tensor):
        return encoded, head
    features, *others = encoded
    if isinstance(head, HeadBeside):
        return features, head.beside(tuple(others))
    (prefix,) = others
    return features, PrefixedHead(head, prefix)


def head_input(encoded: Encoded) -> Tensor:
    """Return what an encoder gave as the head itself reads it, four-dimensional."""
    return encoded if isinstance(encoded, Tensor) else packed(encoded[0], encoded[1])
