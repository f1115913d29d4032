"""Photographs in one folder and masks of their pixels' classes in another."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from pv_engine.data.class_list import read_class_list
from pv_engine.data.images import IMAGE_SUFFIXES, is_hidden, is_image, load_square
from pv_engine.data.masks import IGNORED, classes_in_mask, load_mask
from pv_engine.data.subset import choose_subset
from pv_engine.errors import ImageDataError
from pv_engine.recipe import DataConfig

IMAGES, MASKS, CLASSES = "images", "masks", "classes.csv"
# In the table from a mask's values to class numbers: a value that no class has.
UNLISTED = -1


class MaskFolderSource:
    """Images `root/<split>/images/<name>.<suffix>` with masks `root/<split>/masks/<name>.png`.

    `root/classes.csv` has the column `name`, in the order of the masks' values from 1, and `label`
    where a class has another value. Of values without a class, 0 is no class and 255 does not
    count. Images may be in subfolders, and their masks in the same ones.
    """

    def __init__(self, config: DataConfig, root: Path, seed: int) -> None:
        self.config = config
        self.root = root
        self.seed = seed
        self._numbers, self.classes = _values(root / CLASSES)

    def names(self, split: str) -> list[str]:
        split_name = self.config.train_split if split == "train" else self.config.held_out_split
        folder = self.root / split_name / IMAGES
        if not folder.is_dir():
            raise ImageDataError(
                f"The folder {folder} does not exist; data.root must contain <split>/{IMAGES} and "
                f"<split>/{MASKS} for the splits {self.config.train_split} and "
                f"{self.config.held_out_split}."
            )
        found = sorted(path.relative_to(self.root).as_posix() for path in _images(folder))
        if not found:
            raise ImageDataError(
                f"The folder {folder} contains no images; expected files with one of "
                f"{', '.join(sorted(IMAGE_SUFFIXES))}."
            )
        self._refuse_shared_masks(found)
        limit = self.config.train if split == "train" else self.config.held_out
        return choose_subset(found, limit, self.seed)

    def labels(self, name: str) -> tuple[str, ...]:
        return classes_in_mask(self, name)

    def path(self, name: str) -> Path:
        return self.root / name

    def load(self, name: str, size: int) -> Image.Image:
        return load_square(self.path(name), size)

    def mask(self, name: str, size: int) -> np.ndarray:
        """Return the class of every pixel; see MaskSource."""
        path = self._mask_path(name)
        values = load_mask(path, self.path(name), size)
        numbers: np.ndarray = self._numbers[values]
        if (numbers == UNLISTED).any():
            raise ImageDataError(
                f"The mask {path} has the value {values[numbers == UNLISTED].max()}, which is none "
                f"of a class in {self.root / CLASSES}; list it there, or correct the mask."
            )
        return numbers.astype("uint8")

    def _mask_path(self, name: str) -> Path:
        for split in (self.config.train_split, self.config.held_out_split):
            images = Path(split) / IMAGES
            if Path(name).is_relative_to(images):
                inside = Path(name).relative_to(images).with_suffix(".png")
                return self.root / split / MASKS / inside
        raise ImageDataError(f"{name} is in neither of the splits' folders {IMAGES}.")

    def _refuse_shared_masks(self, names: list[str]) -> None:
        """Refuse two images whose names differ by the suffix alone: one mask cannot fit both."""
        by_mask: dict[Path, str] = {}
        for name in names:
            other = by_mask.setdefault(self._mask_path(name), name)
            if other != name:
                raise ImageDataError(
                    f"{other} and {name} have the same mask, {self._mask_path(name)}; give them "
                    "different names."
                )


def _values(path: Path) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the class number of each value of a mask, (256,), and the classes."""
    if not path.is_file():
        raise ImageDataError(
            f"The file {path} does not exist; write one with the column `name`, a class in each "
            "row, in the order of the masks' values from 1."
        )
    listed = read_class_list(path)
    values = _listed_values(listed)
    if not values or len({*values}) < len(values) or max(values) > IGNORED:
        raise ImageDataError(
            f"The column `label` of {path} must have another whole number from 0 to {IGNORED} for "
            "each class: its value in the masks."
        )
    if len(values) >= IGNORED:
        raise ImageDataError(f"{path} has {len(values)} classes; masks have {IGNORED - 1} at most.")
    table = np.full(IGNORED + 1, UNLISTED)
    table[0], table[IGNORED] = 0, IGNORED
    table[values] = range(1, len(values) + 1)
    return table, tuple(listed.values())


def _listed_values(listed: dict[str, str]) -> list[int]:
    """The labels as numbers; positions from 1 where names stand alone, nothing for other labels."""
    if all(label == name for label, name in listed.items()):
        return list(range(1, len(listed) + 1))
    if not all(label.isdecimal() for label in listed):
        return []
    return [int(label) for label in listed]


def _images(folder: Path) -> Iterator[Path]:
    """The images below a folder, hidden ones left out."""
    for path in folder.rglob("*"):
        hidden = any(is_hidden(part) for part in path.relative_to(folder).parts)
        if is_image(path.name) and not hidden and path.is_file():
            yield path
