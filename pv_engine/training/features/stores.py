"""Stores of features: in the device's memory, or in a file that outlives the process."""

from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from pv_engine.data.arrays import GrowingArray
from pv_engine.runtime.device import to_device


class FeatureStore(Protocol):
    """Rows of features, filled in order."""

    @property
    def done(self) -> int: ...

    def append(self, features: Tensor) -> None:
        """Add the next rows."""
        ...

    def pick(self, rows: Tensor) -> Tensor:
        """Return the features of some rows, on the device."""
        ...

    def discard(self) -> None:
        """Free the memory or the disk."""
        ...


class DeviceStore:
    """A store in the device's memory; lost with the process, but quickly recomputed."""

    def __init__(self, shape: tuple[int, ...], dtype: torch.dtype, device: torch.device) -> None:
        self._rows = torch.empty(shape, dtype=dtype, device=device)
        self._done = 0

    @property
    def done(self) -> int:
        return self._done

    def append(self, features: Tensor) -> None:
        self._rows[self._done : self._done + len(features)] = features
        self._done += len(features)

    def pick(self, rows: Tensor) -> Tensor:
        return self._rows[to_device(rows, self._rows.device)]

    def discard(self) -> None:
        self._rows, self._done = self._rows[:0].clone(), 0


# NumPy types for torch types that NumPy lacks.
BITS = {torch.bfloat16: torch.int16}


class FileStore:
    """A store in a memory-mapped file, which the system caches as far as memory allows."""

    def __init__(
        self, path: Path, shape: tuple[int, ...], dtype: torch.dtype, device: torch.device
    ) -> None:
        self._dtype, self._device = dtype, device
        self._stored = BITS.get(dtype, dtype)
        name = torch.empty(0, dtype=self._stored).numpy().dtype.name
        self._array = GrowingArray(path, shape, name)

    @property
    def done(self) -> int:
        return self._array.done

    def append(self, features: Tensor) -> None:
        self._array.append(features.contiguous().view(self._stored).cpu().numpy())

    def pick(self, rows: Tensor) -> Tensor:
        picked = np.ascontiguousarray(self._array.rows[rows.numpy()])
        return to_device(torch.from_numpy(picked).view(self._dtype), self._device)

    def discard(self) -> None:
        self._array.remove()
