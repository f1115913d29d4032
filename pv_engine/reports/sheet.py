"""The content of a sheet of labelled pictures."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from pv_engine.errors import ImageDataError, reason_of
from pv_engine.reports.quality_tables import MeasureTable


@dataclass(frozen=True)
class Shown:
    """One picture and its label."""

    label: str
    picture: Image.Image


@dataclass(frozen=True)
class Card:
    """A name, related pictures, and lines (term, words) about them."""

    name: str
    pictures: tuple[Shown, ...]
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SheetSection:
    """Cards under one heading."""

    heading: str
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Sheet:
    """A page: a title, a sentence about it, sections of cards, and tables at the end."""

    title: str
    about: str
    sections: tuple[SheetSection, ...]
    tables: tuple[MeasureTable, ...] = ()
    # The side of each picture, in pixels.
    side: int = 150


def open_picture(file: Path) -> Image.Image:
    """Return a picture of a stimulus folder in RGB; ImageDataError if it cannot be read."""
    try:
        with Image.open(file) as picture:
            return picture.convert("RGB")
    except (OSError, UnidentifiedImageError) as error:
        raise ImageDataError(
            f"The picture {file} cannot be read ({reason_of(error)}); build the stimulus set again."
        ) from error
