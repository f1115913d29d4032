"""A frozen encoder's features of the training pictures, computed once and kept."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from pv_engine.runtime.device import MEMORY_FORMAT, fits, mixed_precision
from pv_engine.training.features.stores import DeviceStore, FeatureStore, FileStore
from pv_engine.training.images import Pictures, mirror

MIB = 2**20
# About how many pictures are stored at a time, since each write waits for the disk.
GROUP = 256


@dataclass(frozen=True)
class FeatureFormat:
    """Shape (C, h, w), type and memory order of one picture's features."""

    shape: tuple[int, int, int]
    dtype: torch.dtype
    channels_last: bool

    @classmethod
    def of(cls, features: Tensor) -> "FeatureFormat":
        channels, height, width = features.shape[1:]
        last = features.is_contiguous(memory_format=MEMORY_FORMAT)
        return cls((channels, height, width), features.dtype, last)

    @property
    def nbytes(self) -> int:
        channels, height, width = self.shape
        return channels * height * width * self.dtype.itemsize

    def stored_shape(self, count: int) -> tuple[int, ...]:
        channels, height, width = self.shape
        ordered = (height, width, channels) if self.channels_last else self.shape
        return (count, *ordered)

    def to_store(self, features: Tensor) -> Tensor:
        return features.permute(0, 2, 3, 1) if self.channels_last else features

    def from_store(self, stored: Tensor) -> Tensor:
        return stored.permute(0, 3, 1, 2) if self.channels_last else stored


class KeptFeatures:
    """Features of every training picture, and of its mirror image where training mirrors.

    Row n is picture n; row N + n is its mirror image. They are computed in batches of the
    training's size, so that on the CPU they are bit for bit the same as without a store.
    """

    def __init__(
        self,
        encode: Callable[[Tensor], Tensor],
        pictures: Pictures,
        batch_size: int,
        layout: FeatureFormat,
        store: FeatureStore,
        mirrored: bool,
    ) -> None:
        self.encode = encode
        self.pictures = pictures
        self.batch_size = batch_size
        self.layout = layout
        self.store = store
        self.total = len(pictures) * (2 if mirrored else 1)

    def __str__(self) -> str:
        return f"Features of {self.done} of {self.total} pictures"

    @property
    def done(self) -> int:
        return self.store.done

    @property
    def is_complete(self) -> bool:
        return self.done == self.total

    def fill(self, goes_on: Callable[[], bool]) -> None:
        """Compute more features, a group of batches at a time, while `goes_on()`."""
        while not self.is_complete and goes_on():
            group = max(1, GROUP // self.batch_size) * self.batch_size
            end = min(self.total, self.done + group)
            parts = torch.split(torch.arange(self.done, end), self.batch_size)
            self.store.append(torch.cat([self._computed(rows) for rows in parts]))

    @torch.no_grad()
    def _computed(self, rows: Tensor) -> Tensor:
        # The last batch is padded: a smaller one might be computed in another order.
        padded = torch.cat([rows, rows[:1].expand(self.batch_size - len(rows))])
        count = len(self.pictures)
        images = mirror(self.pictures.batch(padded % count), padded >= count)
        with mixed_precision(images.device):
            features = self.encode(images)
        return self.layout.to_store(features)[: len(rows)]

    def batch(self, numbers: Tensor, mirrored: Tensor | None) -> Tensor:
        """Return features (B, C, h, w) of pictures, of the mirror image where `mirrored` (B,)."""
        rows = numbers if mirrored is None else numbers + mirrored * len(self.pictures)
        return self.layout.from_store(self.store.pick(rows))

    def discard(self) -> None:
        """Free the memory or the disk."""
        self.store.discard()


@torch.no_grad()
def keep_features(
    encode: Callable[[Tensor], Tensor],
    pictures: Pictures,
    batch_size: int,
    epochs: int,
    mirrored: bool,
    folder: Path,
    budget_mib: int,
) -> KeptFeatures | None:
    """Return an empty store for the features; None if recomputing them is better.

    Recomputing is better if training uses each picture hardly more often than filling the store
    would, or if the features exceed the budget or fit neither in half of the device's free memory
    nor in half of the disk's free space.
    """
    variants = 2 if mirrored else 1
    if epochs <= variants or not budget_mib or not len(pictures):
        return None
    with mixed_precision(pictures.device):
        layout = FeatureFormat.of(encode(pictures.batch(torch.zeros(2, dtype=torch.int64))))
    store = _store(layout, len(pictures) * variants, pictures.device, folder, budget_mib * MIB)
    if store is None:
        return None
    return KeptFeatures(encode, pictures, batch_size, layout, store, mirrored)


def _store(
    layout: FeatureFormat, count: int, device: torch.device, folder: Path, budget: int
) -> FeatureStore | None:
    nbytes, shape = count * layout.nbytes, layout.stored_shape(count)
    if nbytes > budget:
        return None
    if fits(device, nbytes):
        return DeviceStore(shape, layout.dtype, device)
    path = folder / f"features-{str(layout.dtype).removeprefix('torch.')}.npy"
    folder.mkdir(parents=True, exist_ok=True)
    # An existing file has already taken its space.
    if path.is_file() or nbytes <= shutil.disk_usage(folder).free // 2:
        return FileStore(path, shape, layout.dtype, device)
    return None
