"""The outline of a predicted mask, drawn on pictures."""

import torch
from torch import Tensor
from torch.nn import functional

# Magenta, which few photographs contain, and a share of the side.
COLOUR = (1.0, 0.0, 1.0)
WIDTH = 1 / 112


def outlines(masks: Tensor, size: int) -> Tensor:
    """Return the inner borders of masks (B, H, W), booleans, enlarged: (B, size, size) booleans."""
    large = functional.interpolate(masks[:, None].float(), (size, size), mode="nearest")
    reach = max(1, round(size * WIDTH))
    padded = functional.pad(1 - large, (reach,) * 4, value=1.0)
    near_outside = functional.max_pool2d(padded, 2 * reach + 1, stride=1) > 0
    return ((large > 0) & near_outside)[:, 0]


def outlined(pictures: Tensor, borders: Tensor) -> Tensor:
    """Return pictures (B, 3, s, s) in [0, 1] with borders (B, s, s) in COLOUR."""
    colour = torch.tensor(COLOUR, device=pictures.device, dtype=pictures.dtype)[:, None, None]
    return torch.where(borders[:, None].to(pictures.device), colour, pictures)
