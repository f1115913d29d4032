"""Photographs in one folder for each class."""

import os
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from pv_engine.data.images import IMAGE_SUFFIXES, is_hidden, is_image, load_square
from pv_engine.data.subset import choose_subset
from pv_engine.errors import ImageDataError
from pv_engine.recipe import DataConfig


class FolderSource:
    """`root/<split>/<class>/<image>`, as in torchvision's ImageFolder.

    As there, images may be in subfolders of their class. Hidden files and folders are left out.
    """

    def __init__(self, config: DataConfig, root: Path, seed: int) -> None:
        self.config = config
        self.root = root
        self.seed = seed
        train = self._split_folder("train")
        self.classes = tuple(sorted(path.name for path in class_folders(train)))
        self._notes: dict[str, None] = {}
        if len(self.classes) < 2:
            raise ImageDataError(
                f"The folder {train} contains {len(self.classes)} class folders; "
                "at least two are needed, one for each class."
            )

    def names(self, split: str) -> list[str]:
        folder = self._split_folder(split)
        unknown = {path.name for path in class_folders(folder)} - set(self.classes)
        if unknown:
            raise ImageDataError(
                f"The folder {folder} contains the class {min(unknown)!r}, "
                f"which {self._split_folder('train')} does not have."
            )
        files = sorted(each for path in class_folders(folder) for each in self._images(path))
        found = [path.relative_to(self.root).as_posix() for path in files]
        if not found:
            raise ImageDataError(
                f"The folder {folder} contains no images; expected <class>/<image> with one of "
                f"{', '.join(sorted(IMAGE_SUFFIXES))}."
            )
        limit = self.config.train if split == "train" else self.config.held_out
        return choose_subset(found, limit, self.seed)

    def labels(self, name: str) -> tuple[str, ...]:
        split = {"train": self.config.train_split, "held_out": self.config.held_out_split}
        # A split may be a longer path; the class is the first folder below it.
        for each in split.values():
            if Path(name).is_relative_to(each):
                return (Path(name).relative_to(each).parts[0],)
        raise ImageDataError(f"{name} is in neither of the folders {', '.join(split.values())}.")

    def path(self, name: str) -> Path:
        return self.root / name

    def load(self, name: str, size: int) -> Image.Image:
        return load_square(self.path(name), size)

    def _images(self, folder: Path) -> Iterator[Path]:
        """The images below a class's folder, hidden ones and links to folders left out."""
        count = 0
        for place, folders, files in os.walk(folder):
            links = [name for name in folders if (Path(place) / name).is_symlink()]
            hidden = [name for name in files if is_image(name) and is_hidden(name)]
            if links:
                self._note(
                    f"{Path(place) / links[0]} is a link to a folder, which is not followed."
                )
            if hidden:
                self._note(f"{Path(place) / hidden[0]} and other hidden files are no images.")
            folders[:] = [name for name in folders if not is_hidden(name)]
            for name in files:
                if is_image(name) and not is_hidden(name):
                    count += 1
                    yield Path(place) / name
        if not count:
            self._note(f"The class folder {folder} has no images.")

    def _note(self, sentence: str) -> None:
        self._notes[sentence] = None

    def notes(self) -> tuple[str, ...]:
        """Return what was left out of the splits listed so far, and what is strange about them."""
        return tuple(self._notes)

    def _split_folder(self, split: str) -> Path:
        name = self.config.train_split if split == "train" else self.config.held_out_split
        folder = self.root / name
        if not folder.is_dir():
            raise ImageDataError(
                f"The folder {folder} does not exist; data.root must contain the folders "
                f"{self.config.train_split} and {self.config.held_out_split}."
            )
        return folder


def class_folders(folder: Path) -> list[Path]:
    """Return the folders of classes in a split; hidden ones are a program's, not a class."""
    return [path for path in folder.iterdir() if path.is_dir() and not is_hidden(path.name)]
