"""Checks that a Parquet file holds the values of the CSV file beside it."""

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from surveys.export.columns import Column
from surveys.export.parquet import parquet_file, schema_of, typed_portions

# Rows of the Parquet file read at a time: about as many as a portion of the CSV file has.
BATCH = 8_192


def parquet_problems(csv_file: Path, columns: tuple[Column, ...]) -> Iterator[str]:
    """One sentence for a file that is missing or differs; the CSV file must be right already."""
    file = parquet_file(csv_file)
    try:
        stored = open_parquet(file)
    except (OSError, pa.ArrowInvalid) as error:
        yield f"{file.name} cannot be read as Parquet: {error}."
        return
    with stored:
        if not stored.schema_arrow.equals(schema_of(columns)):
            yield f"{file.name} must have the codebook's columns and types, but has others."
            return
        yield from _value_problems(csv_file, columns, stored)


def open_parquet(file: Path) -> pq.ParquetFile:
    """The file, of which no more is read than is asked for.

    Arrow would fetch it whole with the first batch, so that memory would grow with the study.
    """
    return pq.ParquetFile(file, pre_buffer=False)


def _value_problems(
    csv_file: Path, columns: tuple[Column, ...], stored: pq.ParquetFile
) -> Iterator[str]:
    """Both files side by side, some rows at a time."""
    name, line = parquet_file(csv_file).name, 2
    batches = stored.iter_batches(BATCH)
    rest = schema_of(columns).empty_table()
    for portion in typed_portions(csv_file, columns):
        while rest.num_rows < portion.num_rows:
            batch = next(batches, None)
            if batch is None:
                break
            rest = pa.concat_tables([rest, pa.Table.from_batches([batch])])
        for column in columns:
            ours, theirs = (_plain(rows.column(column.name)) for rows in (portion, rest))
            row = _first_difference(ours, theirs.slice(0, portion.num_rows))
            if row is not None:
                yield (
                    f"{name}, row {line + row} (counting the header), column {column.name}: the "
                    "value must be the CSV file's."
                )
        rest = rest.slice(portion.num_rows)
        line += portion.num_rows
    if rest.num_rows or any(batch.num_rows for batch in batches):
        yield f"{name} has more rows than the {line - 2} of the CSV file."


def _plain(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """The values alone: equal ones may be numbered differently in two dictionaries."""
    is_coded = pa.types.is_dictionary(values.type)
    return values.cast(values.type.value_type) if is_coded else values


def _first_difference(ours: pa.ChunkedArray, theirs: pa.ChunkedArray) -> int | None:
    if ours.equals(theirs):
        return None
    pairs = zip_longest(ours.to_pylist(), theirs.to_pylist(), fillvalue=object())
    return next(place for place, (one, other) in enumerate(pairs) if one != other)
