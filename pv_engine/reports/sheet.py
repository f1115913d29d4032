"""A sheet of pictures with their labels: what it holds, and where it is written."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from pv_engine.data.arrays import write_atomically
from pv_engine.errors import DataError
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


def write_sheet(sheet: Sheet, out: Path, name: str) -> tuple[Path, Path]:
    """Write `<name>.html`, which needs no other file, and `<name>.png`; returns both paths.

    Raises DataError when the folder cannot be written to.
    """
    from pv_engine.reports.sheet_html import as_html
    from pv_engine.reports.sheet_png import as_png

    html, png = out / f"{name}.html", out / f"{name}.png"
    try:
        write_atomically(html, as_html(sheet).encode())
        write_atomically(png, as_png(sheet))
    except OSError as error:
        raise DataError(
            f"The sheet cannot be written to {out} ({error.strerror}); name another folder."
        ) from error
    return html, png
