"""Where labelled images come from: one small class for each `data.kind` of a recipe.

A source lists the images of a split in a fixed order, tells the labels of one and loads it as a
square picture. It knows nothing of tensors; phases/data.py fills the arrays that networks read.
"""

from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

from pv_engine.configs import DataConfig
from pv_engine.data import scenes
from pv_engine.data.images import IMAGE_SUFFIXES, load_square
from pv_engine.errors import DataError
from pv_engine.recipe import Recipe

SPLITS = ("train", "held_out")


class ImageSource(Protocol):
    """What every kind of data offers; an image is known by its name, which never changes."""

    classes: tuple[str, ...]

    def names(self, split: str) -> list[str]:
        """The images of `train` or `held_out`, in a fixed order."""
        ...

    def labels(self, name: str) -> tuple[str, ...]:
        """The true labels of an image."""
        ...

    def load(self, name: str, size: int) -> Image.Image:
        """An image as an RGB picture of size x size pixels; DataError if it cannot be read."""
        ...


class SceneSource:
    """Scenes that the project draws itself; a name holds the scene's index."""

    classes: tuple[str, ...] = scenes.CLASSES
    # Every size is reduced from one drawing, so that network and participant see the same.
    drawn_size = 256

    def __init__(self, config: DataConfig, seed: int) -> None:
        self.config = config
        self.seed = seed
        # Labels and picture of a scene are asked for one after the other.
        self._scene = lru_cache(maxsize=1)(self._compose)

    def names(self, split: str) -> list[str]:
        first = 0 if split == "train" else self.config.train
        count = self.config.train if split == "train" else self.config.held_out
        return [f"scene-{index:06d}" for index in range(first, first + count)]

    def labels(self, name: str) -> tuple[str, ...]:
        return self._scene(name).labels

    def load(self, name: str, size: int) -> Image.Image:
        picture = scenes.draw_scene(self._scene(name), self.drawn_size)
        return picture.resize((size, size), Image.Resampling.LANCZOS)

    def _compose(self, name: str) -> scenes.Scene:
        return scenes.compose_scene(self.seed, int(name.removeprefix("scene-")))


class FolderSource:
    """`root/<split>/<class>/<image>`, the layout of torchvision's ImageFolder."""

    def __init__(self, config: DataConfig, root: Path, seed: int) -> None:
        self.config = config
        self.root = root
        self.seed = seed
        train = self._split_folder("train")
        self.classes = tuple(sorted(path.name for path in train.iterdir() if path.is_dir()))
        if len(self.classes) < 2:
            raise DataError(
                f"The folder {train} holds {len(self.classes)} class folders; "
                "at least two are needed, one for each class."
            )

    def names(self, split: str) -> list[str]:
        folder = self._split_folder(split)
        unknown = {path.name for path in folder.iterdir() if path.is_dir()} - set(self.classes)
        if unknown:
            raise DataError(
                f"The folder {folder} holds the class {min(unknown)!r}, "
                f"which {self._split_folder('train')} does not have."
            )
        found = [
            path.relative_to(self.root).as_posix()
            for path in sorted(folder.glob("*/*"))
            if path.suffix.lower() in IMAGE_SUFFIXES
        ]
        if not found:
            raise DataError(
                f"The folder {folder} holds no images; expected <class>/<image> with one of "
                f"{', '.join(sorted(IMAGE_SUFFIXES))}."
            )
        limit = self.config.train if split == "train" else self.config.held_out
        return _limited(found, limit, self.seed)

    def labels(self, name: str) -> tuple[str, ...]:
        return (Path(name).parent.name,)

    def load(self, name: str, size: int) -> Image.Image:
        return load_square(self.root / name, size)

    def _split_folder(self, split: str) -> Path:
        name = self.config.train_split if split == "train" else self.config.held_out_split
        folder = self.root / name
        if not folder.is_dir():
            raise DataError(
                f"The folder {folder} does not exist; data.root must hold the folders "
                f"{self.config.train_split} and {self.config.held_out_split}."
            )
        return folder


def open_source(recipe: Recipe) -> ImageSource:
    """The source that the recipe's [data] section names."""
    if recipe.data.kind == "scenes":
        return SceneSource(recipe.data, recipe.seed)
    return FolderSource(recipe.data, recipe.path(recipe.data.root), recipe.seed)


def _limited(found: list[str], limit: int, seed: int) -> list[str]:
    """A seeded choice of `limit` images in their old order; all of them for 0."""
    if limit == 0 or limit >= len(found):
        return found
    chosen = np.random.default_rng([seed, limit]).choice(len(found), limit, replace=False)
    return [found[index] for index in sorted(chosen)]
