"""The names of the classes in the order of a network's outputs, from a CSV or JSON file.

For data whose folders or labels stand in another order than the network was trained with, or that
have only some of its classes.
"""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pv_engine.data.masks import IGNORED, true_mask
from pv_engine.data.sources import ImageSource, notes_of
from pv_engine.data.views import FileSource
from pv_engine.errors import ImageDataError, reason_of

FORMS = (
    "a CSV file with the column `name`, and `label` where the data calls the class something else; "
    "or JSON: a list of names, or an object from numbers to names or to [label, name]"
)


def read_class_list(path: Path) -> dict[str, str]:
    """Return the label in the data and the name of each class, in the order of the outputs.

    Raises
    ------
    ImageDataError
        With the file and what is wrong: unreadable, of another form, or a class twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = _from_json(json.loads(text)) if path.suffix == ".json" else _from_csv(text)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, csv.Error) as error:
        raise ImageDataError(
            f"The list of classes {path} cannot be read ({reason_of(error)})."
        ) from error
    if not rows or not all(label and name for label, name in rows):
        raise ImageDataError(f"The list of classes {path} must be {FORMS}.")
    for column in zip(*rows, strict=True):
        twice = next((each for each in column if column.count(each) > 1), None)
        if twice is not None:
            raise ImageDataError(f"The list of classes {path} names {twice!r} twice.")
    return dict(rows)


def _from_csv(text: str) -> list[tuple[str, str]]:
    rows = list(csv.DictReader(text.splitlines()))
    stripped = [
        {key: (value or "").strip() for key, value in row.items() if key is not None}
        for row in rows
    ]
    return [(row.get("label") or row.get("name", ""), row.get("name", "")) for row in stripped]


def _from_json(content: Any) -> list[tuple[str, str]]:
    if isinstance(content, dict):
        numbers = {int(key): value for key, value in content.items() if key.isdecimal()}
        if sorted(numbers) != list(range(len(content))):
            return []
        content = [numbers[number] for number in range(len(numbers))]
    return [_pair(each) for each in content] if isinstance(content, list) else []


def _pair(value: Any) -> tuple[str, str]:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(each, str) for each in value):
        return value[0], value[1]
    return (value, value) if isinstance(value, str) else ("", "")


class Relabelled:
    """A source whose classes have the names and the order of a class list."""

    def __init__(self, source: ImageSource, names: dict[str, str], path: Path) -> None:
        unknown = [label for label in source.classes if label not in names]
        if unknown:
            raise ImageDataError(
                f"The list of classes {path} lacks {unknown[0]!r}, which is a label of the data."
            )
        self.source = source
        self.by_label = names
        self.classes = tuple(names.values())

    def names(self, split: str) -> list[str]:
        return self.source.names(split)

    def labels(self, name: str) -> tuple[str, ...]:
        return tuple(self.by_label[label] for label in self.source.labels(name))

    def load(self, name: str, size: int) -> Image.Image:
        return self.source.load(name, size)

    def mask(self, name: str, size: int) -> np.ndarray:
        """Return the mask with the list's numbers; masks may number classes in another order."""
        mask = true_mask(self.source, name, size)
        renumbered = np.arange(256, dtype=np.uint8)
        for number, label in zip(range(1, IGNORED), self.source.classes, strict=False):
            renumbered[number] = self.classes.index(self.by_label[label]) + 1
        found: np.ndarray = renumbered[mask]
        return found

    def notes(self) -> tuple[str, ...]:
        return notes_of(self.source)


class RelabelledFiles(Relabelled):
    """The same of a source whose images are files."""

    def path(self, name: str) -> Path:
        assert isinstance(self.source, FileSource)  # noqa: S101 - chosen by `relabelled`; for mypy
        return self.source.path(name)


def relabelled(source: ImageSource, path: Path) -> ImageSource:
    """Return the source with a list's classes; ImageDataError if it lacks one of the data's."""
    kind = RelabelledFiles if isinstance(source, FileSource) else Relabelled
    return kind(source, read_class_list(path), path)
