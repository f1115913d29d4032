"""Training pictures as tensors: taken from an array of bytes, mirrored at random."""

import numpy as np
import torch
from torch import Tensor

from pv_engine.device import MEMORY_FORMAT


class Pictures:
    """Rows of a (N, 3, H, W) byte array as float batches in [0, 1] on a device."""

    def __init__(self, array: np.ndarray, rows: np.ndarray, device: torch.device) -> None:
        self.array = array
        self.rows = rows
        self.device = device

    def __len__(self) -> int:
        return len(self.rows)

    def batch(self, numbers: Tensor) -> Tensor:
        """The pictures with these numbers, (B, 3, H, W)."""
        picked = np.ascontiguousarray(self.array[self.rows[numbers.numpy()]])
        batch = torch.from_numpy(picked).to(self.device)
        return batch.float().div_(255).contiguous(memory_format=MEMORY_FORMAT)

    def batches(self, size: int) -> list[Tensor]:
        """All numbers in order, `size` at a time."""
        return list(torch.split(torch.arange(len(self)), size))


def flip_some(images: Tensor, generator: torch.Generator) -> Tensor:
    """Mirror each picture left to right with probability one half."""
    chosen = torch.rand(len(images), generator=generator) < 0.5
    mask = chosen.to(images.device)[:, None, None, None]
    return torch.where(mask, images.flip(3), images)


def shift_some(images: Tensor, generator: torch.Generator, share: float = 1 / 16) -> Tensor:
    """Move each batch by up to `share` of its side, filling with the border's colours."""
    most = max(1, int(images.shape[-1] * share))
    down, right = torch.randint(0, 2 * most + 1, (2,), generator=generator).tolist()
    height, width = images.shape[-2:]
    padded = torch.nn.functional.pad(images, (most, most, most, most), mode="replicate")
    return padded[..., down : down + height, right : right + width]
