"""Features beside which a network keeps prefix tokens, such as a class token."""

import torch
from torch import Tensor, nn


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


def parted(encoded: Tensor | tuple[Tensor, Tensor], head: nn.Module) -> tuple[Tensor, nn.Module]:
    """Return what an encoder gave as features (B, C, h, w), and the head that reads them."""
    if isinstance(encoded, Tensor):
        return encoded, head
    features, prefix = encoded
    return features, PrefixedHead(head, prefix)


def head_input(encoded: Tensor | tuple[Tensor, Tensor]) -> Tensor:
    """Return what an encoder gave as the head itself reads it, four-dimensional."""
    return encoded if isinstance(encoded, Tensor) else packed(*encoded)
