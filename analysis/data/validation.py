"""Checks that refuse a file with one sentence: file, line, column, and what would be right."""

from collections.abc import Iterable

import pandas as pd

from analysis.errors import DataError

# The first line of a file has the names of its columns.
FIRST_LINE = 2
# No participant answers more trials.
LARGEST = 1_000_000


def require_columns(frame: pd.DataFrame, columns: Iterable[str], source: str) -> None:
    """Refuse a frame that lacks one of `columns`."""
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise DataError(
            f"{source} has no column {missing[0]!r}; it has {', '.join(map(str, frame.columns))}."
        )


def require_rows(frame: pd.DataFrame, source: str) -> None:
    """Refuse a frame without rows."""
    if frame.empty:
        raise DataError(f"{source} has no rows below its line of column names.")


def require_unique(frame: pd.DataFrame, columns: list[str], source: str) -> None:
    """Refuse a frame in which two rows agree on all of `columns`."""
    repeated = frame.duplicated(columns).to_numpy()
    if repeated.any():
        position = int(repeated.argmax())
        values = ", ".join(repr(str(frame[name].iloc[position])) for name in columns)
        raise DataError(
            f"{source}, line {_line(frame, position)}, column {' and '.join(columns)}: {values} was"
            " already given above; each may appear once."
        )


def require_where(
    good: "pd.Series[bool]", frame: pd.DataFrame, column: str, source: str, wanted: str
) -> None:
    """Refuse the first row where `good` is false, saying that `column` must be `wanted`."""
    bad = ~good.to_numpy(dtype=bool, na_value=False)
    if bad.any():
        position = int(bad.argmax())
        value = frame[column].iloc[position]
        shown = "empty" if pd.isna(value) else repr(str(value))
        raise DataError(
            f"{source}, line {_line(frame, position)}, column {column}: must be {wanted}, but is"
            f" {shown}."
        )


def require_known(name: str, value: object, known: Iterable[object]) -> None:
    """Raise ValueError, with all known values, for an argument that is not one of them."""
    values = list(known)
    if value not in values:
        listed = ", ".join(map(str, values)) or "nothing, since there are no data"
        raise ValueError(f"{name} must be one of {listed}, but is {value!r}.")


def require_conditions(frame: pd.DataFrame, *conditions: str) -> None:
    """Raise ValueError for a condition that is not in the frame.

    The conditions of a categorical column are its categories, including those without rows.
    """
    column = frame["condition"]
    categorical = isinstance(column.dtype, pd.CategoricalDtype)
    known = column.cat.categories if categorical else column.dropna().unique()
    for condition in conditions:
        require_known("condition", condition, sorted(known))


def _line(frame: pd.DataFrame, position: int) -> int:
    """The line of a row; the index counts from 0 below the names, skipped lines included."""
    return int(frame.index[position]) + FIRST_LINE


def whole_numbers(frame: pd.DataFrame, column: str, source: str) -> "pd.Series[int]":
    """The column as integers; refuses anything but whole numbers from 0 to a million."""
    numbers = pd.to_numeric(frame[column], errors="coerce")
    good = numbers.notna() & (numbers >= 0) & (numbers % 1 == 0) & (numbers <= LARGEST)
    require_where(good, frame, column, source, f"a whole number from 0 to {LARGEST}")
    return numbers.astype("int64")
