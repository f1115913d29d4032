"""First phase: every picture is drawn or read once, and kept as bytes."""

import json
import logging

import numpy as np

from pv_engine.data.arrays import PictureTable, write_atomically
from pv_engine.data.sources import SPLITS
from pv_engine.errors import ImageDataError
from pv_engine.pipeline.workspace import PhaseProgress, Segment, Workspace

logger = logging.getLogger(__name__)

CHUNK = 64


class DataPhase:
    """Fills one table of pictures and labels for each split, a chunk at a time."""

    name = "data"

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    @property
    def is_done(self) -> bool:
        return self.workspace.names_path.is_file()

    def advance(self, seconds: float) -> PhaseProgress:
        """Read pictures for about `seconds`, at least a chunk; an error names one that fails."""
        segment = Segment(seconds)
        names = {split: self.workspace.source.names(split) for split in SPLITS}
        total = sum(len(each) for each in names.values())
        done = 0
        for split in SPLITS:
            table = self._table(split, len(names[split]))
            while not table.is_complete and segment.goes_on():
                self._read_chunk(table, names[split])
            done += table.done
        if done == total:
            write_atomically(self.workspace.names_path, json.dumps(names).encode())
        return PhaseProgress(done, total, f"{done} of {total} pictures")

    def _table(self, split: str, count: int) -> PictureTable:
        size, classes = self.workspace.recipe.data.image_size, len(self.workspace.source.classes)
        return PictureTable(self.workspace.folder / "data" / split, count, size, classes)

    def _read_chunk(self, table: PictureTable, names: list[str]) -> None:
        chunk = names[table.done : table.done + CHUNK]
        pictures, labels, usable = zip(*map(self._read, chunk), strict=True)
        classes = self.workspace.source.classes
        table.append(
            np.stack(pictures),
            np.array([[each in present for each in classes] for present in labels], dtype=bool),
            np.array(usable),
        )

    def _read(self, name: str) -> tuple[np.ndarray, set[str], bool]:
        """A picture's bytes, its labels, and whether both could be read."""
        data, source = self.workspace.recipe.data, self.workspace.source
        try:
            picture = self.workspace.view.load(name, data.image_size)
            return np.asarray(picture).transpose(2, 0, 1), set(source.labels(name)), True
        except ImageDataError as error:
            if data.on_bad_image == "stop":
                raise
            logger.warning("Left out: %s", error)
            return np.zeros((3, data.image_size, data.image_size), dtype=np.uint8), set(), False
