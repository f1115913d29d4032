"""Reads the screenshots of participants' pages in an export; earlier versions wrote none."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.data.files import read_text
from analysis.errors import DataError, reason

LIST = Path("materials") / "pages.json"
FOLDER = Path("materials") / "pages"
QUESTION = "trial"


@dataclass(frozen=True)
class Screens:
    """One question of each condition, as a browser showed it."""

    # Name and version of the browser; empty where it took none.
    browser: str = ""
    # Width and height of its window, in CSS pixels.
    viewport: tuple[int, int] = (0, 0)
    # Condition -> picture file, in the first of the study's languages.
    questions: Mapping[str, bytes] = field(default_factory=dict)
    # Condition -> the item that its question is about.
    items: Mapping[str, str] = field(default_factory=dict)
    # Why there are none although there was a browser: one sentence, or empty.
    problem: str = ""


def read_screens(folder: Path) -> Screens | None:
    """Return the screenshots of questions, or None where the export has no list of pages.

    Raises DataError where the list cannot be read or names a file that does not exist.
    """
    if not (folder / LIST).is_file():
        return None
    try:
        stated = json.loads(read_text(folder / LIST))
        return _screens(stated, folder / FOLDER)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(
            f"{folder / LIST} is not a list of pages as export_study writes it ({error!r});"
            " export the study again."
        ) from error


def _screens(stated: Mapping[str, Any], folder: Path) -> Screens:
    pages = [page for page in stated["pages"] if page["page"] == QUESTION and page["screenshot"]]
    # Grey pictures in the place of stimuli are not what participants saw.
    if not stated["with_images"]:
        pages = []
    own = [page for page in pages if page["language"] == pages[0]["language"]]
    width, height = stated["viewport"]
    return Screens(
        str(stated["screenshots_by"]),
        (int(width), int(height)),
        {page["conditions"][0]: _read(folder / Path(page["screenshot"]).name) for page in own},
        {page["conditions"][0]: str(page["item"]) for page in own},
        str(stated["problem"]),
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"The screenshot {path} cannot be read: {reason(error)}.") from error
