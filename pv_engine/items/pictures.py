"""Pictures as tensors and tensors as pictures."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor


def to_picture(tensor: Tensor) -> Image.Image:
    """Convert a tensor (3, H, W) in [0, 1] to an 8-bit RGB picture."""
    levels = (tensor.detach().float().cpu().clamp(0, 1) * 255).round().to(torch.uint8)
    return Image.fromarray(levels.permute(1, 2, 0).contiguous().numpy())


def to_tensor(picture: Image.Image) -> Tensor:
    """An RGB picture as (3, H, W) in [0, 1]."""
    return torch.from_numpy(np.asarray(picture).copy()).permute(2, 0, 1).float() / 255


def read_picture(file: Path) -> Tensor:
    """A picture file as (3, H, W) in [0, 1]."""
    with Image.open(file) as picture:
        return to_tensor(picture.convert("RGB"))
