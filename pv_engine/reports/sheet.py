"""A sheet of pictures with their labels: what it contains."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from pv_engine.errors import DataError, reason_of
from pv_engine.reports.quality_tables import Table


@dataclass(frozen=True)
class Shown:
    """One picture and what it is called."""

    label: str
    picture: Image.Image


@dataclass(frozen=True)
class Card:
    """Pictures that belong together, a name, and lines (term, words) that explain them."""

    name: str
    pictures: tuple[Shown, ...]
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Section:
    """Cards under one heading."""

    heading: str
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Sheet:
    """A page: a title, a sentence about it, sections of cards, and tables below them."""

    title: str
    about: str
    sections: tuple[Section, ...]
    tables: tuple[Table, ...] = ()
    # The side of each picture, in pixels.
    side: int = 150


def open_picture(file: Path) -> Image.Image:
    """A picture of a stimulus folder in RGB; raises DataError where it cannot be read."""
    try:
        with Image.open(file) as picture:
            return picture.convert("RGB")
    except (OSError, UnidentifiedImageError) as error:
        raise DataError(
            f"The picture {file} cannot be read ({reason_of(error)}); build the stimulus set again."
        ) from error
