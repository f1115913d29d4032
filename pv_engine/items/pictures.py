"""Writes pictures without metadata, named by the hash of their content."""

import hashlib
import io
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pv_engine.data.arrays import write_atomically


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


def recompressed(tensor: Tensor, quality: int) -> Tensor:
    """Return a picture (3, H, W) in [0, 1] as read from the file that `write_picture` makes."""
    with Image.open(io.BytesIO(_compressed(to_picture(tensor), quality))) as picture:
        return to_tensor(picture.convert("RGB"))


def _compressed(picture: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=quality, method=6)
    return buffer.getvalue()


def write_picture(picture: Image.Image, folder: Path, quality: int) -> str:
    """Write a WebP file named by the SHA-256 of its bytes; return its name."""
    content = _compressed(picture, quality)
    name = f"{hashlib.sha256(content).hexdigest()}.webp"
    if not (folder / name).is_file():
        write_atomically(folder / name, content)
    return name
