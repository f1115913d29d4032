"""Checks an export against its own codebook: every file, every column, every cell."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from pv_engine.errors import reason_of
from surveys.errors import ExportError
from surveys.export.columns.column import Column, ColumnType
from surveys.export.description import CODEBOOK, CODEBOOK_COLUMNS
from surveys.export.parquet import parquet_problems
from surveys.export.psych_ds import DESCRIPTION, psych_ds_problems
from surveys.export.tables import data_sha256

INTEGER = re.compile(r"\d+")
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
FIRST_LINE = 2
Codebook = dict[str, tuple[Column, ...]]


def export_problems(folder: Path) -> Iterator[str]:
    """One sentence for each thing that is wrong, naming file, line and column.

    Raises ExportError where the folder has no codebook to check against.
    """
    codebook = read_codebook(folder / CODEBOOK)
    yield from psych_ds_problems(folder)
    expected = {}
    for table, columns in codebook.items():
        found = sorted((folder / "data").glob(f"*description-{table}_data.csv"))
        if len(found) != 1:
            yield f"data/ must hold one file of the table {table}, but holds {len(found)}."
            continue
        expected[found[0]] = columns
    for file in sorted((folder / "data").glob("*.csv")):
        if file in expected:
            yield from _file_problems(file, expected[file])
        else:
            yield f"{file.name}: the codebook knows no such table."
    yield from _hash_problems(folder)


def read_codebook(file: Path) -> Codebook:
    """The columns of each table, as the codebook has them."""
    try:
        with file.open(newline="", encoding="utf-8") as lines:
            reader = csv.DictReader(lines)
            rows = list(reader)
    except (OSError, UnicodeDecodeError) as error:
        raise ExportError(
            f"{file} cannot be read ({reason_of(error)}); name a folder that export_study wrote."
        ) from error
    if list(reader.fieldnames or []) != CODEBOOK_COLUMNS:
        raise ExportError(f"{file}, line 1 must be {','.join(CODEBOOK_COLUMNS)}.")
    codebook: Codebook = {}
    for line, row in enumerate(rows, FIRST_LINE):
        codebook[row["table"]] = (*codebook.get(row["table"], ()), _column(file, line, row))
    return codebook


def _column(file: Path, line: int, row: dict[str, Any]) -> Column:
    types = get_args(ColumnType)
    if row["type"] not in types:
        raise ExportError(
            f"{file}, line {line}, column type: must be one of {', '.join(types)}, but is "
            f"{row['type']!r}."
        )
    known = {field.name for field in fields(Column)} - {"name", "levels", "levels_of"}
    levels = tuple(row["levels"].split(";")) if row["levels"] else ()
    return Column(
        name=row["column"], levels=levels, **{key: row[key] for key in row if key in known}
    )


def _file_problems(file: Path, columns: tuple[Column, ...]) -> Iterator[str]:
    """The CSV file's problems; the Parquet file's only where there are none to compare with."""
    is_right = True
    for problem in _csv_problems(file, columns):
        is_right = False
        yield problem
    if is_right:
        yield from parquet_problems(file, columns)


def _csv_problems(file: Path, columns: tuple[Column, ...]) -> Iterator[str]:
    with file.open(newline="", encoding="utf-8") as lines:
        reader = csv.reader(lines)
        problems = list(_header_problems(file.name, next(reader, []), [c.name for c in columns]))
        if problems:
            yield from problems
            return
        for row in reader:
            where = f"{file.name}, line {reader.line_num}"
            if len(row) != len(columns):
                yield f"{where} must have {len(columns)} cells, but has {len(row)}."
                continue
            for column, cell in zip(columns, row, strict=True):
                right = what_is_right(column, cell)
                if right:
                    shown = repr(cell) if cell else "empty"
                    yield f"{where}, column {column.name}: must be {right}, but is {shown}."


def _header_problems(source: str, header: list[str], names: list[str]) -> Iterator[str]:
    for name in header:
        if name not in names:
            yield f"{source}, line 1, column {name}: the codebook does not know it."
    for name in names:
        if name not in header:
            yield f"{source}, line 1, column {name}: it is missing."
    if sorted(header) == sorted(names) and header != names:
        yield f"{source}, line 1: the columns must be in the codebook's order."


def what_is_right(column: Column, cell: str) -> str:
    """What the cell would have to be; empty where it is that already."""
    if not cell:
        return "" if column.missing else f"given ({column.type})"
    if column.levels:
        parts = cell.split(";") if column.type == "list" else [cell]
        known = all(part in column.levels for part in parts)
        return "" if known else f"among the levels {', '.join(column.levels)}"
    return _wrong_type(column.type, cell)


def _wrong_type(kind: ColumnType, cell: str) -> str:
    if kind == "integer" and not INTEGER.fullmatch(cell):
        return "a whole number of at least 0"
    if kind == "boolean" and cell not in ("1", "0"):
        return "1 or 0"
    if kind == "timestamp" and not _is_timestamp(cell):
        return "a time such as 2026-01-31T09:30:00.000Z"
    return ""


def _is_timestamp(cell: str) -> bool:
    if not TIMESTAMP.fullmatch(cell):
        return False
    try:
        datetime.fromisoformat(cell)
    except ValueError:
        return False
    return True


def _hash_problems(folder: Path) -> Iterator[str]:
    try:
        description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        stated = description["foresee"]["data_sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        yield f"{DESCRIPTION} lacks the hash of the data, foresee.data_sha256."
        return
    found = data_sha256(folder / "data")
    if found != stated:
        yield (
            f"The tables in data/ have the hash {found}, but {DESCRIPTION} has {stated}; they are "
            "not as they were exported."
        )
