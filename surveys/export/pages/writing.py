"""Writes materials/pages: participants' pages, screenshots of them, and a list of both."""

import logging
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from surveys.errors import ScreenshotError
from surveys.export.description import write_json
from surveys.export.pages.chosen import StudyPage, find_pages, find_questions
from surveys.export.pages.chromium import HEIGHT, WIDTH, open_browser, screenshot_browser
from surveys.models import Survey

Find = Callable[[], list[StudyPage]]
logger = logging.getLogger(__name__)
FOLDER = Path("materials") / "pages"
LIST = Path("materials") / "pages.json"
# A page that cannot be drawn must not stand in the way of the data: style sheets that were not
# collected, a file that cannot be read, a walk that does not go on.
FAILURES = (ValueError, OSError, RuntimeError)


def write_pages(survey: Survey, folder: Path, with_images: bool) -> None:
    """Write each page that differs, in each language; stimuli are grey without `with_images`."""
    languages = survey.protocol.languages
    find = (partial(find_pages, survey, language, with_images) for language in languages)
    _write(find, folder, with_images)


def write_questions(survey: Survey, folder: Path) -> None:
    """Write one question of each condition, in the first language, where there is a browser."""
    if screenshot_browser():
        find = partial(find_questions, survey, survey.protocol.languages[0])
        _write([find], folder, with_images=True)


def _write(find: Iterable[Find], folder: Path, with_images: bool) -> None:
    pages, problem, taken_with = {}, "", ""
    (folder / FOLDER).mkdir(parents=True)
    try:
        pages = _distinct([page for each in find for page in each()])
    except FAILURES as error:
        problem = f"The study’s pages cannot be drawn: {error}"
        logger.warning("No pages of participants are exported: %s", error)
    for stem, page in pages.items():
        (folder / FOLDER / f"{stem}.html").write_text(page.html, encoding="utf-8")
    if pages:
        taken_with, problem = _shoot(pages, folder / FOLDER)
    stated = {
        "screenshots_by": taken_with,
        "viewport": [WIDTH, HEIGHT],
        "problem": problem,
        "with_images": with_images,
        "pages": [_entry(stem, page, bool(taken_with)) for stem, page in pages.items()],
    }
    write_json(folder / LIST, stated)


def _distinct(pages: list[StudyPage]) -> dict[str, StudyPage]:
    """File name -> page; a page that comes several times is numbered on."""
    named: dict[str, StudyPage] = {}
    for page in pages:
        stem, times = page.stem, 1
        while stem in named:
            times += 1
            stem = f"{page.stem}-{times}"
        named[stem] = page
    return named


def _shoot(pages: dict[str, StudyPage], folder: Path) -> tuple[str, str]:
    """The browser that took a screenshot of every page, and a sentence where it could not."""
    program = screenshot_browser()
    if program is None:
        return "", ""
    try:
        with open_browser(program) as browser:
            for stem, page in pages.items():
                (folder / f"{stem}.webp").write_bytes(browser.shoot(page.html))
            return browser.version, ""
    except ScreenshotError as error:
        logger.warning("No screenshots of participants' pages: %s", error)
        for taken in folder.glob("*.webp"):
            taken.unlink()
        return "", str(error)


def _entry(stem: str, page: StudyPage, has_screenshot: bool) -> dict[str, Any]:
    shown = {"page": page.name, "title": page.title, "number": page.number}
    return {
        "file": f"{stem}.html",
        "screenshot": f"{stem}.webp" if has_screenshot else "",
        **shown,
        "language": page.language,
        "conditions": list(page.conditions),
        "item": page.item,
    }
