"""Reads texts and tables from outside; reports each fault in one sentence with its line."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.data.validation import FIRST_LINE, require_columns, require_rows
from analysis.errors import DataError, reason

# First bytes of files that are not text, and their names.
SIGNATURES = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"RIFF": "a WebP image or a sound",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a spreadsheet or a ZIP archive",
    b"PAR1": "a Parquet table",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
}
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
# A table of a million trials is a tenth of this.
csv.field_size_limit(2**31 - 1)


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file; raise DataError with what the file is instead, and where."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {reason(error)}.") from error
    for start, kind in SIGNATURES.items():
        if content.startswith(start):
            raise DataError(f"{path.name} is {kind}; it must be plain text in UTF-8.")
    if b"\0" in content:
        raise DataError(f"{path.name} is not plain text; it must be text in UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{path.name}, line {line}: a character is not UTF-8 (it may be Latin-1 or"
            " Windows-1252); save the file as UTF-8."
        ) from error


def read_table(
    path: Path,
    columns: Iterable[str],
    kinds: Mapping[str, str] | None = None,
    optional: Iterable[str] = (),
) -> pd.DataFrame:
    """Return the named columns of a CSV file, indexed by line minus `FIRST_LINE`.

    `kinds` has the pandas type of a column, which is text by default. Only an empty cell is
    missing: a class or condition may be called None, NA or nan.

    Raises DataError for a file that is not such a table, lacks a column or has no rows.
    """
    names = list(columns)
    # Decoded as a whole, to report the line of a wrong character; a table of a million trials takes
    # a fraction of a second.
    header, lines = _structure(read_text(path), path.name)
    require_columns(pd.DataFrame(columns=header), names, path.name)
    present = [*names, *(name for name in optional if name in header)]
    types = {name: (kinds or {}).get(name, "str") for name in present}
    frame = _parsed(path, types, lines)
    require_rows(frame, path.name)
    return frame


def _parsed(path: Path, types: dict[str, str], lines: np.ndarray) -> pd.DataFrame:
    try:
        frame = _read_csv(path, types)
    except ValueError:
        # A cell is not a number: read as text, in which the caller finds the cell.
        frame = _read_csv(path, dict.fromkeys(types, "str"))
    # Blank lines, and line breaks inside a cell, shift the lines that follow.
    if len(lines) == len(frame) > 0 and lines[-1] != len(frame) + 1:
        frame.index = pd.Index(lines - FIRST_LINE)
    return frame


def _read_csv(path: Path, types: dict[str, str]) -> pd.DataFrame:
    return pd.read_csv(
        path,
        usecols=list(types),
        dtype=types,
        encoding="utf-8-sig",
        keep_default_na=False,
        na_values=[""],
        index_col=False,
    )


def _structure(text: str, source: str) -> tuple[list[str], np.ndarray]:
    """The names of the columns, and the first line of each row; blank lines are not rows."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    lines: list[int] = []
    start = 0
    try:
        for row in reader:
            start, begun = reader.line_num, start + 1
            if not header:
                header = _header(row, source)
            elif len(row) == len(header):
                lines.append(begun)
            elif any(cell.strip() for cell in row):
                raise DataError(
                    f"{source}, line {begun} has {_cells(len(row))}, but the first line names"
                    f" {_columns(len(header))}; each line must have one cell per column."
                )
    except csv.Error as error:
        raise DataError(
            f"{source}, line {start + 1}: a quotation mark is not closed; marks inside a cell must"
            " be doubled."
        ) from error
    if not header:
        raise DataError(f"{source} is empty; its first line must name the columns.")
    return header, np.array(lines, dtype=np.int64)


def _header(row: list[str], source: str) -> list[str]:
    if len(row) == 1:
        for sign, name in SEPARATORS.items():
            if sign in row[0]:
                raise DataError(
                    f"{source} is separated by {name}; save it with commas between the cells."
                )
    names = [name for name in row if name.strip()]
    repeated = [name for name in names if names.count(name) > 1]
    if repeated:
        raise DataError(f"{source}, line 1 names the column {repeated[0]!r} twice.")
    return row


def _cells(n: int) -> str:
    return f"{n} cell{'' if n == 1 else 's'}"


def _columns(n: int) -> str:
    return f"{n} column{'' if n == 1 else 's'}"
