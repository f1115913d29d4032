"""A frozen encoder's features of all training pictures, computed once and stored on disk."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pv_engine.data.arrays import GrowingArray
from pv_engine.networks.classifier import Classifier
from pv_engine.runtime.device import MEMORY_FORMAT, mixed_precision
from pv_engine.training.images import Pictures

CHUNK = 50


class StoredFeatures:
    """Features (C, h, w) of N pictures as 16-bit floats, and of their mirror images if `mirrored`.

    The file has 2 N C h w bytes, twice that with mirror images, and is filled chunk by chunk.
    """

    def __init__(
        self,
        path: Path,
        classifier: Classifier,
        pictures: Pictures,
        mirrored: bool,
        precision: str = "auto",
    ) -> None:
        self.classifier = classifier.eval()
        self.pictures = pictures
        self.precision = precision
        shape = classifier.feature_shape(pictures.array.shape[-1])
        self.table = GrowingArray(path, (len(pictures), 1 + mirrored, *shape), "float16")

    @property
    def is_complete(self) -> bool:
        return self.table.is_complete

    def __str__(self) -> str:
        return f"Features of {self.table.done} of {len(self.pictures)} pictures"

    def fill(self, goes_on: Callable[[], bool]) -> None:
        """Compute more features while `goes_on()`; each chunk is written to disk."""
        while not self.is_complete and goes_on():
            self.fill_chunk()

    @torch.no_grad()
    def fill_chunk(self) -> None:
        """Compute the features of the next CHUNK pictures."""
        end = min(self.table.done + CHUNK, len(self.pictures))
        images = self.pictures.batch(torch.arange(self.table.done, end))
        views = (images, images.flip(3))[: self.table.rows.shape[1]]
        with mixed_precision(images.device, self.precision):
            features = [self.classifier.encode(view).float().cpu() for view in views]
        self.table.append(torch.stack(features, dim=1).half().numpy())

    def batch(self, numbers: Tensor, mirrored: Tensor) -> Tensor:
        """Return features (B, C, h, w) of pictures, of the mirror image where `mirrored` (B,)."""
        picked = np.ascontiguousarray(self.table.rows[numbers.numpy(), mirrored.long().numpy()])
        features = torch.from_numpy(picked).to(self.pictures.device).float()
        return features.contiguous(memory_format=MEMORY_FORMAT)
