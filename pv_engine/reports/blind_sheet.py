"""The blind sheet: stimuli of one condition with their options and no labels, and its key."""

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from pv_engine.data.atomic_files import write_atomically
from pv_engine.errors import ImageDataError
from pv_engine.items.selection import MODEL_WRONG
from pv_engine.reports.sheet import Card, Sheet, SheetSection, Shown, open_picture
from pv_engine.reports.writing import write_sheet
from pv_engine.stimulus_sets.blind_reading import (
    BlindItem,
    Score,
    draw_blind_items,
    score_guesses,
    shuffled,
)
from pv_engine.stimulus_sets.manifest import read_manifest

NAME = "blind_sheet"
# Wide enough for a person to see what a participant would.
SIDE = 300
# Pictures on each of several sheets for one reader.
SHEET = 20
COLUMNS = ("number", "guess")


def write_blind_sheet(
    folder: Path, condition: str, stratum: str, n: int, seed: int, out: Path, key: Path
) -> tuple[Path, ...]:
    """Write the sheet, a table for the guesses, and the key; return their paths, the key last.

    Raises ImageDataError where the set has no such items or a file cannot be written.
    """
    manifest = read_manifest(folder)
    items = draw_blind_items(manifest, condition, stratum, n, seed)
    about = {
        "content_sha256": manifest["content_sha256"],
        "condition": condition,
        "stratum": stratum,
        "seed": seed,
    }
    return _write(items, folder / "images", about, out, key)


def write_separate_sheets(
    drawn: list[dict[str, Any]], pictures: Path, conditions: Sequence[str], seed: int, out: Path
) -> tuple[Path, ...]:
    """Write a blind sheet of each condition, of `model_wrong` pictures that no other sheet shows.

    So one reader can read all of them. `drawn` are items as a manifest describes them, `pictures`
    is the folder of their files. Up to SHEET pictures each, or what there is in equal parts; the
    keys are beside `out`. Returns all paths. Raises ImageDataError where there are too few.
    """
    wrong = shuffled([item for item in drawn if item["stratum"] == MODEL_WRONG], seed)
    n = min(SHEET, len(wrong) // len(conditions))
    written: list[Path] = []
    for place, condition in enumerate(conditions):
        part = {"conditions": conditions, "items": wrong[place * n : (place + 1) * n]}
        items = draw_blind_items(part, condition, MODEL_WRONG, n, seed)
        about = {"condition": condition, "stratum": MODEL_WRONG, "seed": seed}
        key = out.with_name(f"{out.name}_{condition}_key.json")
        written += _write(items, pictures, about, out / condition, key)
    return tuple(written)


def _write(
    items: list[BlindItem], pictures: Path, about: dict[str, Any], out: Path, key: Path
) -> tuple[Path, ...]:
    contents = {**about, "items": [item.to_json() for item in items]}
    guesses = out / "guesses.csv"
    sheet = write_sheet(_sheet(pictures, items), out, NAME)
    try:
        write_atomically(guesses, _empty_guesses(len(items)).encode())
        write_atomically(key, (json.dumps(contents, indent=1) + "\n").encode())
    except OSError as error:
        raise ImageDataError(
            f"{error.filename} cannot be written ({error.strerror}); name another folder."
        ) from error
    return (*sheet, guesses, key)


def _sheet(pictures: Path, items: list[BlindItem]) -> Sheet:
    cards = tuple(
        Card(
            str(number),
            (Shown("", open_picture(pictures / item.file_name)),),
            (("Options", ", ".join(item.options)),),
        )
        for number, item in enumerate(items, start=1)
    )
    about = (
        "Which of the options did the model predict? Write your guesses into guesses.csv; leave "
        "one empty where you cannot tell. Do not open the key before you finish."
    )
    return Sheet("Blind sheet", about, (SheetSection("Pictures", cards),), side=SIDE)


def _empty_guesses(n: int) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [COLUMNS, *((number, "") for number in range(1, n + 1))]
    )
    return text.getvalue()


def read_key(path: Path) -> dict[str, Any]:
    """Return the key of a blind sheet, with its items as BlindItem. Raises ImageDataError."""
    try:
        key: dict[str, Any] = json.loads(path.read_bytes())
        return {**key, "items": [BlindItem.from_json(row) for row in key["items"]]}
    except OSError as error:
        raise ImageDataError(f"The key {path} cannot be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ImageDataError(
            f"{path} is not the key of a blind sheet; name the file that blind_sheet wrote."
        ) from error


def read_guesses(path: Path, items: list[BlindItem]) -> tuple[Score, dict[str, bool]]:
    """Return the score of a table of guesses, and for each item if the prediction was named."""
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    except (OSError, UnicodeDecodeError) as error:
        raise ImageDataError(f"The guesses {path} cannot be read as UTF-8 text.") from error
    numbers = {str(number): item for number, item in enumerate(items, start=1)}
    guesses: dict[str, str] = {}
    for row in rows:
        item = numbers.get((row.get("number") or "").strip())
        if item is None or item.name in guesses:
            raise ImageDataError(
                f"The guesses {path} need the columns number and guess, and each number from 1 to "
                f"{len(items)} at most once; found {row.get('number')!r}."
            )
        guesses[item.name] = (row.get("guess") or "").strip()
    score = score_guesses(items, guesses)
    return score, {item.name: guesses.get(item.name) == item.prediction for item in items}


def compare_readings(a: Mapping[str, bool], b: Mapping[str, bool]) -> tuple[str, float]:
    """Return the test and its two-sided p-value for two readings (item name to named or not).

    McNemar's exact test where both read the same items, else Fisher's exact test, which takes the
    items of the two readings for independent.
    """
    if a.keys() == b.keys():
        pairs = Counter((a[name], b[name]) for name in a)
        gained, lost = pairs[True, False], pairs[False, True]
        if gained + lost == 0:
            return "McNemar's exact test", 1.0
        return "McNemar's exact test", float(stats.binomtest(gained, gained + lost).pvalue)
    table = np.array([[sum(read.values()), len(read) - sum(read.values())] for read in (a, b)])
    return "Fisher's exact test", float(stats.fisher_exact(table).pvalue)
