"""Photographs listed in CSV files: a file name and its labels in each row."""

import csv
from pathlib import Path

from PIL import Image

from pv_engine.data.images import load_square
from pv_engine.data.subset import choose_subset
from pv_engine.errors import ImageDataError, reason_of
from pv_engine.recipe import DataConfig

COLUMNS = ("filename", "labels")


class CsvSource:
    """`root/<split>.csv` with the columns `filename` (relative to root) and `labels`.

    Semicolons separate the labels of an image. The classes are the training split's, in
    alphabetical order.
    """

    def __init__(self, config: DataConfig, root: Path, seed: int) -> None:
        self.config = config
        self.root = root
        self.seed = seed
        self.rows = {split: self._read(split) for split in ("train", "held_out")}
        self.classes = tuple(
            sorted({label for labels in self.rows["train"].values() for label in labels})
        )
        if len(self.classes) < 2:
            raise ImageDataError(
                f"{self._file('train')} names {len(self.classes)} classes; at least two are needed."
            )
        self._refuse_unknown_labels()
        self._refuse_shared_images()
        self.by_name = self.rows["train"] | self.rows["held_out"]

    def names(self, split: str) -> list[str]:
        limit = self.config.train if split == "train" else self.config.held_out
        return choose_subset(list(self.rows[split]), limit, self.seed)

    def labels(self, name: str) -> tuple[str, ...]:
        return self.by_name[name]

    def path(self, name: str) -> Path:
        return self.root / name

    def load(self, name: str, size: int) -> Image.Image:
        return load_square(self.path(name), size)

    def _file(self, split: str) -> Path:
        name = self.config.train_split if split == "train" else self.config.held_out_split
        return self.root / f"{name}.csv"

    def _read(self, split: str) -> dict[str, tuple[str, ...]]:
        path = self._file(split)
        try:
            # Spreadsheets write a byte-order mark.
            with path.open(newline="", encoding="utf-8-sig") as stream:
                reader = csv.DictReader(stream)
                missing = set(COLUMNS) - set(reader.fieldnames or ())
                if missing:
                    raise ImageDataError(
                        f"{path} lacks the column {min(missing)!r}; its first line must name "
                        f"{' and '.join(COLUMNS)}."
                    )
                rows: dict[str, tuple[str, ...]] = {}
                for row in reader:
                    name = (row["filename"] or "").strip()
                    if not name or name in rows:
                        raise ImageDataError(
                            f"Line {reader.line_num} of {path} names {name or 'no image'!r}"
                            f"{' again' if name else ''}; list each image once."
                        )
                    rows[name] = _labels_in(row["labels"])
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise ImageDataError(
                f"The list of images {path} cannot be read ({reason_of(error)})."
            ) from error
        if not rows:
            raise ImageDataError(f"The list of images {path} has no rows; list at least one image.")
        return rows

    def _refuse_unknown_labels(self) -> None:
        for name, labels in self.rows["held_out"].items():
            unknown = set(labels) - set(self.classes)
            if unknown:
                raise ImageDataError(
                    f"{self._file('held_out')} gives {name} the label {min(unknown)!r}, "
                    f"which {self._file('train')} never uses."
                )

    def _refuse_shared_images(self) -> None:
        """Refuse images that are in both splits: they would bias every held-out measure."""
        shared = self.rows["train"].keys() & self.rows["held_out"].keys()
        if shared:
            raise ImageDataError(
                f"{min(shared)} is in {self._file('train')} and in {self._file('held_out')}; "
                "held-out images must not be trained on."
            )


def _labels_in(text: str | None) -> tuple[str, ...]:
    return tuple(sorted({part.strip() for part in (text or "").split(";") if part.strip()}))
