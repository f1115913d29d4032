"""Arrays on disk that are filled chunk by chunk and survive a killed process."""

import json
from pathlib import Path

import numpy as np

from pv_engine.data.atomic_files import write_atomically
from pv_engine.data.repeats import DIGEST, digest


class GrowingArray:
    """A .npy file of fixed shape whose first `done` rows are filled.

    `done` is stored only once the rows are on disk, so an interrupted chunk is computed again.
    """

    def __init__(self, path: Path, shape: tuple[int, ...], dtype: str) -> None:
        self.path = path
        self._mark = path.with_suffix(".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        if self._mark.is_file():
            self.done = int(json.loads(self._mark.read_text())["done"])
            self.rows = np.load(path, mmap_mode="r+")
        else:
            self.done = 0
            self.rows = np.lib.format.open_memmap(path, mode="w+", dtype=dtype, shape=shape)

    def append(self, chunk: np.ndarray) -> None:
        """Fill the next len(chunk) rows."""
        end = self.done + len(chunk)
        self.rows[self.done : end] = chunk
        self.rows.flush()
        self.done = end
        write_atomically(self._mark, json.dumps({"done": end}).encode())

    @property
    def is_complete(self) -> bool:
        return self.done == len(self.rows)

    def remove(self) -> None:
        """Delete the file, its mark first, so that an interruption leaves no valid array."""
        self._mark.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)


class PictureTable:
    """Pictures of one split, their labels, and whether each could be read.

    `images` (N, 3, s, s) and `digests` (N, DIGEST) bytes, `labels` (N, classes) and `usable` (N,)
    booleans.
    """

    def __init__(self, folder: Path, count: int, size: int, classes: int) -> None:
        self.images = GrowingArray(folder / "images.npy", (count, 3, size, size), "uint8")
        self.labels = GrowingArray(folder / "labels.npy", (count, classes), "bool")
        self.digests = GrowingArray(folder / "digests.npy", (count, DIGEST), "uint8")
        self.usable = GrowingArray(folder / "usable.npy", (count,), "bool")
        # Rows of an interrupted append are written again.
        self.images.done = self.labels.done = self.digests.done = self.usable.done

    def append(self, images: np.ndarray, labels: np.ndarray, usable: np.ndarray) -> None:
        """Fill the next rows; they count as filled once `usable` is on disk."""
        self.images.append(images)
        self.digests.append(np.stack([digest(picture) for picture in images]))
        self.labels.append(labels)
        self.usable.append(usable)

    @property
    def done(self) -> int:
        return self.usable.done

    @property
    def is_complete(self) -> bool:
        return self.usable.is_complete
