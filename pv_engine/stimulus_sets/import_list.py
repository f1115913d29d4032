"""Reads the list of a stimulus set whose pictures were made elsewhere (docs/guides/own_stimuli.md).

Free of torch and Django.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pv_engine.errors import ImageDataError, reason_of
from pv_engine.recipe import UNDRAWN
from pv_engine.stimulus_sets.manifest import ORIGINAL, STRATA
from toml_files.problems import FileError, Problem

REQUIRED = ("prediction", "true_labels", "options", ORIGINAL)
# What a list needs whose items have an answer of their own.
REQUIRED_WITH_ANSWER = ("options",)
OPTIONAL = ("name", "stratum", "example", "answer")
# Begins the name of a column of texts.
TEXT = "text:"
TEXT_NAME = re.compile(r"[a-z][a-z0-9_]{0,49}")
YES, NO = ("yes", "true", "1"), ("", "no", "false", "0")
# As the database stores them.
LONGEST_NAME, LONGEST_CLASS = 50, 100
LONGEST_TEXT = 2000


class ImportListError(ImageDataError, FileError):
    """The list of imported stimuli breaks rules: one line for each problem."""


@dataclass(frozen=True)
class ImportedItem:
    """One line of the list.

    `files` maps each kind of picture to its files, relative to a folder; `answer` is empty where
    the prediction is the answer, and `texts` maps names to texts.
    """

    line: int
    name: str
    stratum: str
    is_example: bool
    prediction: str
    true_labels: tuple[str, ...]
    options: tuple[str, ...]
    files: dict[str, tuple[str, ...]]
    answer: str = ""
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def pictures(self) -> list[tuple[str, str]]:
        """Kind and file of each picture."""
        return [(kind, file) for kind, files in self.files.items() for file in files]


def read_import_list(file: Path) -> list[ImportedItem]:
    """Read the items of a CSV file; every column that is not known is a kind of picture.

    Raises ImportListError with all problems, each with its line.
    """
    columns, rows = _read(file)
    if problems := list(_column_problems(columns)):
        raise ImportListError.of(Problem(str(file), 1, "", each) for each in problems)
    kinds = _kinds(columns)
    found: list[ImportedItem] = []
    wrong: list[Problem] = []
    for number, (line, cells) in enumerate(rows, start=1):
        problems = list(_row_problems(cells, kinds))
        wrong += [Problem(str(file), line, "", each) for each in problems]
        if not problems:
            found.append(_item(line, number, cells, kinds))
    wrong += [Problem(str(file), line, "", each) for line, each in _list_problems(found)]
    if not rows:
        wrong.append(Problem(str(file), 1, "", "The list has no items; write one per line."))
    if wrong:
        raise ImportListError.of(wrong)
    return found


Cells = dict[str, str]


def _kinds(columns: list[str]) -> list[str]:
    """The columns of pictures, the image itself first."""
    known = {*REQUIRED, *OPTIONAL}
    own = [name for name in columns if name not in known and not name.startswith(TEXT)]
    return [ORIGINAL, *own] if ORIGINAL in columns else own


def _read(file: Path) -> tuple[list[str], list[tuple[int, Cells]]]:
    try:
        # Spreadsheets write a byte-order mark.
        with file.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.reader(stream, strict=True)
            columns = [name.strip() for name in next(reader, [])]
            rows = [(reader.line_num, _cells(columns, row)) for row in reader if any(row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ImportListError(
            f"The list {file} cannot be read ({reason_of(error)}); it must be a CSV file in UTF-8."
        ) from error
    return columns, rows


def _cells(columns: list[str], row: list[str]) -> Cells:
    cells = {name: value.strip() for name, value in zip(columns, row, strict=False)}
    if len(row) != len(columns):
        cells[""] = f"The line has {len(row)} values, but there are {len(columns)} columns."
    return cells


def _column_problems(columns: list[str]) -> Iterator[str]:
    if len(columns) == 1 and ";" in columns[0]:
        yield "Columns must be separated by commas, not by semicolons; save the list as CSV again."
        return
    has_answers = "answer" in columns
    for name in REQUIRED_WITH_ANSWER if has_answers else REQUIRED:
        if name not in columns:
            yield f"The column {name!r} is missing; the first line must name every column."
    yield from _name_problems(columns)
    if not set(_kinds(columns)) - (set() if has_answers else {ORIGINAL}):
        yield (
            "There is no column of explanations; add one for each condition, named as the "
            "condition, with the file of each item's picture."
        )


def _name_problems(columns: list[str]) -> Iterator[str]:
    for name, times in Counter(columns).items():
        if not name:
            yield f"{times} columns have no name; give each a name, or delete it."
        elif times > 1:
            yield f"The column {name!r} is there {times} times; every column needs its own name."
        elif len(name) > LONGEST_NAME:
            yield f"The column {name!r:.60} must have at most {LONGEST_NAME} characters."
        elif name == UNDRAWN:
            yield f"The column {name!r} must go: that condition shows the image alone."
        elif name.startswith(TEXT) and not TEXT_NAME.fullmatch(name.removeprefix(TEXT)):
            yield (
                f"The column {name!r:.60} must be named {TEXT} and a name of lower-case letters, "
                "digits and underscores, such as text:caption."
            )


def _row_problems(cells: Cells, kinds: list[str]) -> Iterator[str]:
    if "" in cells:
        yield cells[""]
        return
    yield from _class_problems(cells)
    if len(cells.get("name", "")) > LONGEST_NAME:
        yield f"name must have at most {LONGEST_NAME} characters, but is {cells['name']!r:.60}."
    if (stratum := cells.get("stratum", "")) not in ("", *STRATA):
        yield f"stratum must be empty or one of {', '.join(STRATA)}, but is {stratum!r}."
    if cells.get("example", "").lower() not in (*YES, *NO):
        yield f"example must be yes, no or empty, but is {cells['example']!r}."
    yield from _file_problems(cells, kinds)
    for name, cell in cells.items():
        if name.startswith(TEXT) and len(cell) > LONGEST_TEXT:
            yield f"{name} must have at most {LONGEST_TEXT:,} characters, but has {len(cell):,}."


def _file_problems(cells: Cells, kinds: list[str]) -> Iterator[str]:
    for kind in kinds:
        files = parts(cells[kind])
        if not files:
            yield f"{kind} is empty; name the file of the picture."
        for file in files:
            if ".." in Path(file).parts or Path(file).is_absolute():
                yield f"{kind} must be a file in the folder of the images, but is {file!r}."


def _class_problems(cells: Cells) -> Iterator[str]:
    answer, options = cells.get("answer", ""), parts(cells["options"])
    prediction, true_labels = cells.get("prediction", ""), parts(cells.get("true_labels", ""))
    if not prediction and not answer:
        yield "prediction is empty; name the class that the model predicted."
    if len(options) < 2:
        yield f"options must be two or more classes separated by ';', but are {cells['options']!r}."
    for option, times in Counter(options).items():
        if times > 1:
            yield f"options has {option!r} {times} times; each option must appear once."
    word, key = ("answer", answer) if answer else ("prediction", prediction)
    if key and options and key not in options:
        yield f"options lack the {word} {key!r}."
    for label in {prediction, answer, *options, *true_labels}:
        if len(label) > LONGEST_CLASS:
            yield f"A class must have at most {LONGEST_CLASS} characters, but one is {label!r:.60}."


def _item(line: int, number: int, cells: Cells, kinds: list[str]) -> ImportedItem:
    answer, labels = cells.get("answer", ""), parts(cells.get("true_labels", ""))
    # A task without a model's prediction asks for the answer in its place.
    prediction = cells.get("prediction", "") or answer
    is_right = labels == (prediction,) or not (labels or cells.get("prediction"))
    return ImportedItem(
        line=line,
        name=cells.get("name", "") or f"item-{number:02d}",
        stratum=cells.get("stratum", "") or STRATA[is_right],
        is_example=cells.get("example", "").lower() in YES,
        prediction=prediction,
        true_labels=labels,
        options=parts(cells["options"]),
        files={kind: parts(cells[kind]) for kind in kinds},
        answer=answer,
        texts={name.removeprefix(TEXT): cells[name] for name in cells if _is_text(name, cells)},
    )


def _is_text(name: str, cells: Cells) -> bool:
    return name.startswith(TEXT) and bool(cells[name])


def _list_problems(items: list[ImportedItem]) -> Iterator[tuple[int, str]]:
    first: dict[str, int] = {}
    for item in items:
        if item.name in first:
            yield item.line, f"The name {item.name!r} is that of line {first[item.name]}, too."
        first.setdefault(item.name, item.line)
    if items and all(item.is_example for item in items):
        yield items[0].line, "Every line is an example; at least one must be a question."


def parts(cell: str) -> tuple[str, ...]:
    """Return the values of a cell that semicolons separate."""
    return tuple(part.strip() for part in cell.split(";") if part.strip())
