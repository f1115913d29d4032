"""Writes the exported tables for SPSS and Stata, with labels of columns and of values.

An optional package, imported only when asked for: `pip install -r requirements-labels.txt`.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from surveys.errors import ExportError
from surveys.export.columns.column import Column
from surveys.export.tables import data_file

FOLDER = "labelled"
SUFFIXES = {"spss": ".sav", "stata": ".dta"}
YES_NO = {1: "yes", 0: "no"}
# Stata takes no longer label of a column.
LONGEST_LABEL = 80


def write_labelled(
    slug: str, folder: Path, tables: dict[str, tuple[Column, ...]], formats: Collection[str]
) -> None:
    """Write each table of an export in these formats, keys of `SUFFIXES`, beside `data/`."""
    try:
        import pyreadstat
    except ImportError as error:
        raise ExportError(
            "Files for SPSS and Stata need pyreadstat; install it with `pip install -r "
            "requirements-labels.txt`."
        ) from error
    writers: dict[str, Any] = {"spss": pyreadstat.write_sav, "stata": pyreadstat.write_dta}
    (folder / FOLDER).mkdir()
    for table, columns in tables.items():
        frame, labels = _coded(folder / "data" / data_file(slug, table), columns)
        for name in formats:
            writers[name](
                frame,
                folder / FOLDER / f"{table}{SUFFIXES[name]}",
                column_labels={each.name: _label(each) for each in columns},
                variable_value_labels=labels,
            )


def _label(column: Column) -> str:
    unit = f" ({column.unit})" if column.unit else ""
    text = f"{column.meaning}{unit}"
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1]}…"


def _coded(file: Path, columns: tuple[Column, ...]) -> tuple[Any, dict[str, dict[int, str]]]:
    """The table with whole numbers for categories, and what they mean."""
    import pandas as pd

    read = pd.read_csv(file, dtype="str", keep_default_na=False)
    labels: dict[str, dict[int, str]] = {}
    for column in columns:
        texts = read[column.name]
        if column.type == "category":
            # Levels first, so that a code means the same in every table.
            known = dict.fromkeys([*column.levels, *sorted(set(texts) - {""})])
            codes = {text: code for code, text in enumerate(known, start=1)}
            read[column.name] = texts.map(codes).astype("float64")
            labels[column.name] = {code: text for text, code in codes.items()}
        elif column.type in ("integer", "boolean"):
            read[column.name] = pd.to_numeric(texts, errors="coerce").astype("float64")
        if column.type == "boolean":
            labels[column.name] = YES_NO
    return read, labels
