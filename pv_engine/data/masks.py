"""Masks of images: the class of every pixel."""

from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from PIL import Image, ImageOps

from pv_engine.errors import ImageDataError, RecipeError, reason_of

# As PASCAL VOC stores them: 0 is no class, n the n-th class, and this is left out of every count.
IGNORED = 255


@runtime_checkable
class MaskSource(Protocol):
    """A source whose images have masks."""

    classes: tuple[str, ...]

    def mask(self, name: str, size: int) -> np.ndarray:
        """Return the class of every pixel of an image as `load` shows it, (size, size) bytes.

        0 is no class, n the n-th of the source's classes, IGNORED a pixel that does not count.
        """
        ...


def masks_of(source: object) -> MaskSource:
    """Return a source as one with masks; RecipeError if it has none."""
    if isinstance(source, MaskSource):
        return source
    raise RecipeError(
        f"data.masks is true, but {type(source).__name__} has no method mask(name, size); use "
        'data.kind = "voc" or a source of your own that has it.'
    )


def true_mask(source: object, name: str, size: int) -> np.ndarray:
    """Return a source's mask of an image, (size, size) bytes.

    Raises
    ------
    RecipeError
        If the source has no masks.
    ImageDataError
        If the mask is not an array of whole numbers of this shape, or has the number of no class.
    """
    masked = masks_of(source)
    mask = np.asarray(masked.mask(name, size))
    if mask.shape != (size, size) or mask.dtype.kind not in "iu":
        raise ImageDataError(
            f"The mask of {name} has the shape {mask.shape} and the type {mask.dtype}; it must be "
            f"an array ({size}, {size}) of whole numbers."
        )
    numbers, classes = set(np.unique(mask).tolist()) - {IGNORED}, len(masked.classes)
    strange = sorted(number for number in numbers if not 0 <= number <= classes)
    if strange:
        raise ImageDataError(
            f"The mask of {name} has the class number {strange[-1]}, but there are {classes} "
            f"classes: 0 is no class, 1 to {classes} are the classes in their order, and "
            f"{IGNORED} is a pixel that does not count."
        )
    return mask.astype(np.uint8)


def load_mask(path: Path, size: int) -> np.ndarray:
    """Return the central square of a mask that is stored as a greyscale or palette image.

    Raises ImageDataError if the file is missing or cannot be read.
    """
    try:
        with Image.open(path) as opened:
            square = ImageOps.fit(opened, (size, size), method=Image.Resampling.NEAREST)
            found = np.asarray(square)
    except Exception as error:  # whatever a decoder raises is the file's fault
        raise ImageDataError(
            f"The mask {path} cannot be read ({reason_of(error)}); replace it, or set "
            'data.on_bad_image = "skip".'
        ) from error
    if found.ndim != 2:
        raise ImageDataError(
            f"The mask {path} has {found.ndim} dimensions; it must be a greyscale or palette image "
            "of class numbers."
        )
    if found.min() < 0 or found.max() > IGNORED:
        raise ImageDataError(
            f"The mask {path} has values from {found.min()} to {found.max()}; it must hold class "
            f"numbers, which are below {IGNORED}, and {IGNORED} for what does not count."
        )
    return found.astype(np.uint8)
