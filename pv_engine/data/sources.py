"""Where labelled images come from: one small class for each `data.kind` of a recipe.

A source lists the images of a split in a fixed order, tells the labels of one and loads it as a
square picture. It knows nothing of tensors; phases/data.py fills the arrays that networks read.
"""

from collections.abc import Callable
from typing import Protocol

from PIL import Image

from pv_engine.data.csv_source import CsvSource
from pv_engine.data.folder_source import FolderSource
from pv_engine.data.scene_source import SceneSource
from pv_engine.data.voc_source import VocSource
from pv_engine.recipe.reading import Recipe

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


def open_source(recipe: Recipe) -> ImageSource:
    """The source that the recipe's [data] section names."""
    data = recipe.data
    if data.kind == "scenes":
        return SceneSource(data, recipe.seed)
    kinds: dict[str, Callable[..., ImageSource]] = {
        "image_folder": FolderSource,
        "voc": VocSource,
        "csv": CsvSource,
    }
    return kinds[data.kind](data, recipe.data_root, recipe.seed)
