"""Masks of images: the class of every pixel."""

from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from PIL import Image, ImageOps

from pv_engine.data.images import ORIENTATIONS, QUARTER_TURNS, orientation_of
from pv_engine.errors import ImageDataError, RecipeError, reason_of

# As PASCAL VOC stores them: 0 is no class, n the n-th class, and this is left out of every count.
IGNORED = 255
# Side of the square in which the classes of a mask are looked for, about that of photographs.
MASK_SIDE = 500


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
        'data.kind = "mask_folder" or "voc", or a source of your own that has it.'
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


def classes_in_mask(source: MaskSource, name: str) -> tuple[str, ...]:
    """Return the classes that the central square of an image's mask has, in their order."""
    numbers = set(np.unique(true_mask(source, name, MASK_SIDE)).tolist()) - {0, IGNORED}
    return tuple(source.classes[number - 1] for number in sorted(numbers))


def load_mask(path: Path, photograph: Path, size: int) -> np.ndarray:
    """Return the central square of a mask that is stored as a greyscale or palette image.

    A mask without an EXIF orientation of its own is turned as its photograph's orientation says.

    Raises
    ------
    ImageDataError
        If a file is missing or cannot be read, the mask's shape is not its photograph's, or its
        values are not numbers up to IGNORED.
    """
    upright = _upright(path, photograph)
    square = ImageOps.fit(upright, (size, size), method=Image.Resampling.NEAREST)
    found = np.asarray(square)
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


def _upright(path: Path, photograph: Path) -> Image.Image:
    """Return a mask as its photograph is shown; ImageDataError where their shapes differ."""
    shown, orientation = _shape_shown(photograph)
    try:
        with Image.open(path) as opened:
            own = orientation_of(opened)
            turn = ORIENTATIONS.get(orientation if own is None else own)
            upright = opened.copy() if turn is None else opened.transpose(turn)
    except FileNotFoundError as error:
        raise ImageDataError(
            f'The mask {path} does not exist; add it, or set data.on_bad_image = "skip".'
        ) from error
    except Exception as error:  # whatever a decoder raises is the file's fault
        raise ImageDataError(
            f"The mask {path} cannot be read ({reason_of(error)}); replace it, or set "
            'data.on_bad_image = "skip".'
        ) from error
    if not _same_shape(upright.size, shown):
        turned = " once turned as EXIF says" * (orientation in ORIENTATIONS)
        raise ImageDataError(
            f"The mask {path} has {upright.width} x {upright.height} pixels{turned}, and its "
            f"photograph {photograph} {shown[0]} x {shown[1]}; save both with the same sides"
            f"{', upright and without an EXIF orientation' * bool(turned)}."
        )
    return upright


def _shape_shown(photograph: Path) -> tuple[tuple[int, int], int]:
    """Return width and height of a photograph once it is upright, and its EXIF orientation."""
    try:
        with Image.open(photograph) as opened:
            (width, height), orientation = opened.size, orientation_of(opened) or 1
    except FileNotFoundError as error:
        raise ImageDataError(f"The image {photograph} does not exist.") from error
    except Exception as error:  # whatever a decoder raises is the file's fault
        raise ImageDataError(
            f"The image {photograph} cannot be read ({reason_of(error)})."
        ) from error
    return ((height, width) if orientation in QUARTER_TURNS else (width, height)), orientation


def _same_shape(mask: tuple[int, int], photograph: tuple[int, int]) -> bool:
    """Whether one is the other, enlarged or reduced; a rounded side may be a pixel off."""
    (width, height), (wide, high) = mask, photograph
    return abs(width * high - height * wide) <= max(wide, high)
