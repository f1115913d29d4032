"""Arrays on disk that are filled chunk by chunk and survive a killed process."""

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from pv_engine.data.repeats import DIGEST, digest


@contextlib.contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that replaces `path` only when it is complete.

    After an error, a full disk or a power cut, `path` is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # A unique name: workers on several machines may write the same picture at the same time.
    partial = path.with_name(f".{path.name}.{secrets.token_hex(6)}.partial")
    try:
        with partial.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
        _keep_name(path.parent)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file completely or not at all, also during a power cut."""
    with atomic_file(path) as stream:
        stream.write(content)


def _keep_name(folder: Path) -> None:
    """Flush the folder's entries to disk on systems that can open a folder."""
    if os.name != "posix":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


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
