"""Training pictures as tensors: batches of a byte array, mirrored and shifted at random."""

import numpy as np
import torch
from torch import Tensor

from pv_engine.runtime.device import MEMORY_FORMAT, fits, to_device


class Pictures:
    """Rows of a (N, 3, H, W) byte array as float batches in [0, 1] on a device."""

    def __init__(self, array: np.ndarray, rows: np.ndarray, device: torch.device) -> None:
        self.array = array
        self.rows = rows
        self.device = device
        self._held: Tensor | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def nbytes(self) -> int:
        """Bytes of all the pictures."""
        return len(self.rows) * int(np.prod(self.array.shape[1:])) * self.array.itemsize

    def hold(self) -> None:
        """Copy all pictures to the device, so that no batch has to be copied."""
        self._held = torch.from_numpy(np.ascontiguousarray(self.array[self.rows])).to(self.device)

    def hold_if_it_fits(self) -> None:
        """Copy all pictures to the device if it has its own memory and enough of it is free."""
        if self._held is None and fits(self.device, self.nbytes):
            self.hold()

    def batch(self, numbers: Tensor) -> Tensor:
        """Return the pictures with these numbers, (B, 3, H, W) in [0, 1]."""
        if self._held is not None:
            batch = self._held[to_device(numbers, self.device)]
        else:
            picked = np.ascontiguousarray(self.array[self.rows[numbers.numpy()]])
            batch = to_device(torch.from_numpy(picked), self.device)
        return batch.float().div_(255).contiguous(memory_format=MEMORY_FORMAT)

    def batches(self, size: int) -> list[Tensor]:
        """Return all numbers in order, `size` at a time."""
        return list(torch.split(torch.arange(len(self)), size))


def mirror(images: Tensor, mirrored: Tensor) -> Tensor:
    """Flip images (B, 3, H, W) left to right where `mirrored` (B,) is true."""
    mask = to_device(mirrored, images.device)[:, None, None, None]
    return torch.where(mask, images.flip(3), images)


def shift_some(images: Tensor, generator: torch.Generator, share: float = 1 / 16) -> Tensor:
    """Shift a batch (B, 3, H, W) by up to `share` of its side, repeating the border."""
    most = max(1, int(images.shape[-1] * share))
    down, right = torch.randint(0, 2 * most + 1, (2,), generator=generator).tolist()
    height, width = images.shape[-2:]
    padded = torch.nn.functional.pad(images, (most, most, most, most), mode="replicate")
    return padded[..., down : down + height, right : right + width]
