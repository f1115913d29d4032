"""Photographs in one folder for each class."""

from pathlib import Path

from PIL import Image

from pv_engine.data.images import IMAGE_SUFFIXES, load_square
from pv_engine.data.subset import choose_subset
from pv_engine.errors import ImageDataError
from pv_engine.recipe import DataConfig


class FolderSource:
    """`root/<split>/<class>/<image>`, as in torchvision's ImageFolder.

    As there, images may be in subfolders of their class.
    """

    def __init__(self, config: DataConfig, root: Path, seed: int) -> None:
        self.config = config
        self.root = root
        self.seed = seed
        train = self._split_folder("train")
        self.classes = tuple(sorted(path.name for path in train.iterdir() if path.is_dir()))
        if len(self.classes) < 2:
            raise ImageDataError(
                f"The folder {train} contains {len(self.classes)} class folders; "
                "at least two are needed, one for each class."
            )

    def names(self, split: str) -> list[str]:
        folder = self._split_folder(split)
        unknown = {path.name for path in folder.iterdir() if path.is_dir()} - set(self.classes)
        if unknown:
            raise ImageDataError(
                f"The folder {folder} contains the class {min(unknown)!r}, "
                f"which {self._split_folder('train')} does not have."
            )
        found = [
            path.relative_to(self.root).as_posix()
            for path in sorted(folder.glob("*/**/*"))
            if path.suffix.lower() in IMAGE_SUFFIXES
        ]
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

    def _split_folder(self, split: str) -> Path:
        name = self.config.train_split if split == "train" else self.config.held_out_split
        folder = self.root / name
        if not folder.is_dir():
            raise ImageDataError(
                f"The folder {folder} does not exist; data.root must contain the folders "
                f"{self.config.train_split} and {self.config.held_out_split}."
            )
        return folder
