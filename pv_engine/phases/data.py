"""First phase: every picture is drawn or read once, and kept as bytes."""

import logging

import numpy as np

from pv_engine.data.arrays import GrowingArray
from pv_engine.data.sources import SPLITS, Sample
from pv_engine.errors import DataError
from pv_engine.phases.workspace import PhaseProgress, Segment, Workspace

logger = logging.getLogger(__name__)

CHUNK = 64


class DataPhase:
    """Fills one byte array for each split, a chunk of pictures at a time."""

    name = "data"

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    @property
    def is_done(self) -> bool:
        return (self.workspace.folder / "data" / "done").is_file()

    def advance(self, seconds: float) -> PhaseProgress:
        """Read pictures for about `seconds`, at least a chunk; DataError names one that fails."""
        segment = Segment(seconds)
        total = sum(len(self.workspace.samples(split)) for split in SPLITS)
        done = 0
        for split in SPLITS:
            images, usable = self._arrays(split)
            while not usable.is_complete and segment.goes_on():
                self._read_chunk(split, images, usable)
            done += usable.done
        if done == total:
            (self.workspace.folder / "data" / "done").touch()
        return PhaseProgress(done, total, f"{done} of {total} pictures")

    def _arrays(self, split: str) -> tuple[GrowingArray, GrowingArray]:
        size = self.workspace.recipe.data.image_size
        count = len(self.workspace.samples(split))
        images = GrowingArray(self.workspace.images_path(split), (count, 3, size, size), "uint8")
        usable = GrowingArray(self.workspace.usable_path(split), (count,), "bool")
        # A process killed between the two leaves pictures that are simply read again.
        images.done = usable.done
        return images, usable

    def _read_chunk(self, split: str, images: GrowingArray, usable: GrowingArray) -> None:
        chunk = self.workspace.samples(split)[usable.done : usable.done + CHUNK]
        read = [self._read(sample) for sample in chunk]
        size = self.workspace.recipe.data.image_size
        blank = np.zeros((3, size, size), dtype=np.uint8)
        images.append(np.stack([blank if picture is None else picture for picture in read]))
        usable.append(np.array([picture is not None for picture in read]))

    def _read(self, sample: Sample) -> np.ndarray | None:
        data = self.workspace.recipe.data
        try:
            picture = self.workspace.source.load(sample, data.image_size)
        except DataError as error:
            if data.on_bad_image == "stop":
                raise
            logger.warning("Left out: %s", error)
            return None
        return np.asarray(picture).transpose(2, 0, 1)
