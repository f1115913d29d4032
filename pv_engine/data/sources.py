"""Where labelled images come from: one small class for each `data.kind` of a recipe.

A source lists the samples of a split in a fixed order and loads one as a square picture. It knows
nothing of tensors; data/arrays.py turns pictures into the arrays that networks read.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

from pv_engine.configs import DataConfig
from pv_engine.data import scenes
from pv_engine.data.images import IMAGE_SUFFIXES, load_square
from pv_engine.errors import DataError
from pv_engine.recipe import Recipe

logger = logging.getLogger(__name__)

SPLITS = ("train", "held_out")


@dataclass(frozen=True)
class Sample:
    """One source image: a stable name and its true labels."""

    name: str
    labels: tuple[str, ...]


class ImageSource(Protocol):
    """What every kind of data offers."""

    classes: tuple[str, ...]

    def samples(self, split: str) -> list[Sample]:
        """The samples of `train` or `held_out`, in a fixed order."""
        ...

    def load(self, sample: Sample, size: int) -> Image.Image:
        """The sample as an RGB picture of size x size pixels; DataError if it cannot be read."""
        ...


class SceneSource:
    """Scenes that the project draws itself; a sample's name holds its index."""

    classes: tuple[str, ...] = scenes.CLASSES
    # Every size is reduced from one drawing, so that network and participant see the same.
    drawn_size = 256

    def __init__(self, config: DataConfig, seed: int) -> None:
        self.config = config
        self.seed = seed

    def samples(self, split: str) -> list[Sample]:
        first = 0 if split == "train" else self.config.train
        count = self.config.train if split == "train" else self.config.held_out
        return [
            Sample(f"scene-{index:06d}", scenes.compose_scene(self.seed, index).labels)
            for index in range(first, first + count)
        ]

    def load(self, sample: Sample, size: int) -> Image.Image:
        scene = scenes.compose_scene(self.seed, int(sample.name.removeprefix("scene-")))
        picture = scenes.draw_scene(scene, self.drawn_size)
        return picture.resize((size, size), Image.Resampling.LANCZOS)


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

    def samples(self, split: str) -> list[Sample]:
        folder = self._split_folder(split)
        unknown = {path.name for path in folder.iterdir() if path.is_dir()} - set(self.classes)
        if unknown:
            raise DataError(
                f"The folder {folder} holds the class {min(unknown)!r}, "
                f"which {self._split_folder('train')} does not have."
            )
        found = [
            Sample(path.relative_to(self.root).as_posix(), (path.parent.name,))
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

    def load(self, sample: Sample, size: int) -> Image.Image:
        return load_square(self.root / sample.name, size)

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


def _limited(found: list[Sample], limit: int, seed: int) -> list[Sample]:
    """A seeded choice of `limit` samples in their old order; all of them for 0."""
    if limit == 0 or limit >= len(found):
        return found
    chosen = np.random.default_rng([seed, limit]).choice(len(found), limit, replace=False)
    return [found[index] for index in sorted(chosen)]


def multi_hot(samples: Iterable[Sample], classes: tuple[str, ...]) -> np.ndarray:
    """Labels as a float32 array of samples x classes, 1 where the class is present."""
    position = {name: index for index, name in enumerate(classes)}
    listed = list(samples)
    labels = np.zeros((len(listed), len(classes)), dtype=np.float32)
    for row, sample in enumerate(listed):
        for name in sample.labels:
            labels[row, position[name]] = 1
    return labels
