"""First phase: every picture is drawn or read once, and kept as bytes."""

import json
import logging

import numpy as np

from pv_engine.data.arrays import PictureTable
from pv_engine.data.atomic_files import write_atomically
from pv_engine.data.masks import true_mask
from pv_engine.data.repeats import repeated
from pv_engine.data.sources import SPLITS, notes_of
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
        names = self._list()
        total = sum(len(each) for each in names.values())
        done = 0
        for split in SPLITS:
            table = self._table(split, len(names[split]))
            while not table.is_complete and segment.goes_on():
                self._read_chunk(table, names[split], self._needs_mask(split))
            done += table.done
        if done == total:
            self._write_notes(names)
            write_atomically(self.workspace.names_path, json.dumps(names).encode())
        return PhaseProgress(done, total, f"{done} of {total} pictures")

    def _list(self) -> dict[str, list[str]]:
        """The names of each split, which later segments read from a file."""
        workspace = self.workspace
        if not workspace.listed_path.is_file():
            write_atomically(workspace.listed_path, json.dumps(workspace.listed).encode())
            for note in notes_of(workspace.source):
                logger.warning("%s", note)
        return workspace.listed

    def _write_notes(self, names: dict[str, list[str]]) -> None:
        """Leave what people should know of the images; the same pictures in both splits first."""
        tables = [self._table(split, len(names[split])) for split in SPLITS]
        unusable = [~np.array(table.usable.rows) for table in tables]
        digests = [np.array(table.digests.rows) for table in tables]
        for rows, unread in zip(digests, unusable, strict=True):
            rows[unread] = 0
        pairs = repeated(*digests)
        notes = list(notes_of(self.workspace.source))
        if pairs:
            first, second = names["train"][pairs[0][0]], names["held_out"][pairs[0][1]]
            notes.insert(
                0,
                f"{len(pairs)} held-out images are the same pictures as training images, such as "
                f"{second} and {first}; held-out measures count what was trained on.",
            )
            logger.warning("%s", notes[0])
        if self.workspace.recipe.data.masks:
            notes += self._note_on_masks(np.array(tables[1].labels.rows))
        write_atomically(self.workspace.notes_path, json.dumps(notes).encode())

    def _note_on_masks(self, labels: np.ndarray) -> list[str]:
        """What is strange of the classes in the held-out masks, (N, classes), but may be right."""
        found = np.flatnonzero(labels.any(axis=0))
        if len(found) != 1:
            return []
        note = (
            f"The held-out masks have one class only, {self.workspace.source.classes[found[0]]}; "
            "if their values say where any object is, number each class instead, from 1."
        )
        logger.warning("%s", note)
        return [note]

    def _table(self, split: str, count: int) -> PictureTable:
        size, classes = self.workspace.recipe.data.image_size, len(self.workspace.source.classes)
        return PictureTable(self.workspace.folder / "data" / split, count, size, classes)

    def _needs_mask(self, split: str) -> bool:
        """Only items are compared with their masks, which a source's labels may not have read."""
        return self.workspace.recipe.data.masks and split == "held_out"

    def _read_chunk(self, table: PictureTable, names: list[str], needs_mask: bool) -> None:
        chunk = names[table.done : table.done + CHUNK]
        read = [self._read(name, needs_mask) for name in chunk]
        pictures, labels, usable = zip(*read, strict=True)
        classes = self.workspace.source.classes
        table.append(
            np.stack(pictures),
            np.array([[each in present for each in classes] for present in labels], dtype=bool),
            np.array(usable),
        )

    def _read(self, name: str, needs_mask: bool) -> tuple[np.ndarray, set[str], bool]:
        """A picture's bytes, its labels, and whether both, and its mask, could be read."""
        data, source = self.workspace.recipe.data, self.workspace.source
        try:
            view = self.workspace.view
            picture = view.seen(view.load(name, data.image_size))
            labels = set(source.labels(name))
            if self.workspace.recipe.classifier.task == "single_label":
                refuse_unless_one(name, labels)
            if needs_mask:
                true_mask(source, name, data.image_size)
            return np.asarray(picture).transpose(2, 0, 1), labels, True
        except ImageDataError as error:
            if data.on_bad_image == "stop":
                raise
            logger.warning("Left out: %s", error)
            return np.zeros((3, data.image_size, data.image_size), dtype=np.uint8), set(), False


def refuse_unless_one(name: str, labels: set[str]) -> None:
    """Raise ImageDataError for an image without exactly one label, which no softmax can learn."""
    if len(labels) != 1:
        found = ", ".join(sorted(labels)) if labels else "none"
        raise ImageDataError(
            f'{name} must have one label under classifier.task = "single_label", but has '
            f'{found}; correct it, set classifier.task = "multi_label", or '
            'data.on_bad_image = "skip".'
        )
