"""Opens the source of labelled images that a recipe names (listed in recipe/registries/sources.py).

A source lists the images of a split in a fixed order, gives the labels of each, and loads it as a
square picture. It uses no tensors; pipeline/data.py fills the arrays that networks read.
"""

import os
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from PIL import Image

from pv_engine.errors import RecipeError
from pv_engine.recipe.reading import Recipe
from pv_engine.recipe.registries.sources import SOURCES
from pv_engine.recipe.sections.data import PROJECT_FACTORIES
from pv_engine.registry import imported
from pv_engine.runtime.factories import import_factory, modules_in

SPLITS = ("train", "held_out")


@runtime_checkable
class ImageSource(Protocol):
    """The interface of a data source. An image is identified by its name, which never changes."""

    classes: tuple[str, ...]

    def names(self, split: str) -> list[str]:
        """Return the names of the images of `train` or `held_out`, in a fixed order."""
        ...

    def labels(self, name: str) -> tuple[str, ...]:
        """Return the true labels of an image."""
        ...

    def load(self, name: str, size: int) -> Image.Image:
        """Return an image as RGB, size x size pixels; ImageDataError if it cannot be read."""
        ...


def notes_of(source: ImageSource) -> tuple[str, ...]:
    """Return what a source says of its images beside errors: sentences for the user."""
    said: Callable[[], tuple[str, ...]] | None = getattr(source, "notes", None)
    return said() if said else ()


def open_source(recipe: Recipe) -> ImageSource:
    """Return the source that the recipe's [data] section names."""
    data = recipe.data
    declared = SOURCES.get(data.kind)
    opener = imported(declared.opens) if declared else _factory(data.factory)
    source = opener(data, recipe.data_root, recipe.seed)
    if not isinstance(source, ImageSource):
        raise RecipeError(
            f"{data.source} returned {type(source).__name__}; it must return an object with "
            "classes, names, labels and load."
        )
    return source


def _factory(named: str) -> Callable[..., ImageSource]:
    own = {factory.partition(":")[0] for factory in PROJECT_FACTORIES.values()}
    allowed = own | modules_in(os.environ.get("DATA_FACTORIES", ""))
    return import_factory(named, "data.factory", "DATA_FACTORIES", allowed)
