"""The bank: projected features of the classifier's training pictures, kept in a file."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pv_engine.data.arrays import GrowingArray
from pv_engine.exemplars.likeness import BITS, hashes
from pv_engine.exemplars.projection import Projection
from pv_engine.networks.classifier import Classifier
from pv_engine.runtime.device import fits
from pv_engine.training.images import Pictures

# Pictures that are encoded, and those that are compared, at a time: memory does not grow with N.
ENCODED = 64
COMPARED = 512


class Bank:
    """Features of N pictures as 16-bit floats, memory-mapped, and their perceptual hashes.

    A file of 2 N k h w bytes, filled chunk by chunk; `shape` is (k, h, w). A cell's k numbers stand
    side by side, (N, h, w, k), so that a cell of all pictures is a matrix that needs no copy. Any
    process that opens it reads the same file; where a device has memory of its own and enough is
    free, the features stay there.
    """

    def __init__(
        self, folder: Path, count: int, shape: tuple[int, int, int], device: torch.device
    ) -> None:
        # Named as features that are kept: large, and computed again from the pictures at any time.
        stored = (count, *shape[1:], shape[0])
        self._features = GrowingArray(folder / "features-cells.npy", stored, "float16")
        self._hashes = GrowingArray(folder / "features-hashes.npy", (count, BITS), "int8")
        # A process killed between the two, or an earlier version, leaves one file behind the other;
        # what only one has is simply computed again.
        self._features.done = self._hashes.done = min(self._features.done, self._hashes.done)
        self.device = device
        self._held: Tensor | None = None

    def __len__(self) -> int:
        return len(self._hashes.rows)

    @property
    def done(self) -> int:
        return self._hashes.done

    @property
    def is_complete(self) -> bool:
        return self._hashes.is_complete

    @torch.no_grad()
    def fill(
        self,
        goes_on: Callable[[], bool],
        classifier: Classifier,
        projection: Projection,
        pictures: Pictures,
        numbers: Tensor,
    ) -> None:
        """Encode further pictures while `goes_on()`; row n is the picture `numbers[n]`."""
        while not self.is_complete and goes_on():
            images = pictures.batch(numbers[self.done : self.done + ENCODED])
            features = projection(classifier.encode(images)).permute(0, 2, 3, 1)
            self._features.append(features.half().cpu().numpy())
            self._hashes.append(hashes(images).numpy())

    @property
    def hashes(self) -> Tensor:
        """Of every picture, (N, BITS)."""
        return torch.from_numpy(np.array(self._hashes.rows))

    def chunks(self) -> Iterator[tuple[int, Tensor]]:
        """The features in order, some pictures at a time, (B, h, w, k), each with its first row's
        number."""
        self._hold_if_it_fits()
        for first in range(0, len(self), COMPARED):
            yield first, self._rows(slice(first, first + COMPARED))

    def pick(self, rows: Tensor) -> Tensor:
        """The features of some rows, (B, k, h, w)."""
        return self._rows(rows).permute(0, 3, 1, 2)

    def _rows(self, rows: slice | Tensor) -> Tensor:
        if self._held is not None:
            return self._held[rows].float()
        picked = np.array(self._features.rows[rows if isinstance(rows, slice) else rows.numpy()])
        return torch.from_numpy(picked).to(self.device).float()

    def _hold_if_it_fits(self) -> None:
        if self._held is None and fits(self.device, self._features.rows.nbytes):
            self._held = torch.from_numpy(np.array(self._features.rows)).to(self.device)
