"""Writes an exported table as Parquet, too: the CSV file's values, each as what it is.

The CSV file is read back in portions, so that both always hold the same and memory stays bounded.
"""

from collections.abc import Iterator
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from pv_engine.errors import reason_of
from surveys.export.columns.column import Column, ColumnType

# Rows of the Parquet file read at a time: about as many as a portion of the CSV file has.
BATCH = 8_192

# Bytes of a CSV file read at a time. Arrow reads up to 32 portions ahead of what is written, and so
# memory grows with the file until it holds as many: small portions keep that small.
PORTION = 1 << 20
# Portions that are written as one row group, since small row groups compress less well.
PORTIONS_A_GROUP = 8
TYPES: dict[ColumnType, pa.DataType] = {
    "text": pa.string(),
    "category": pa.dictionary(pa.int32(), pa.string()),
    "list": pa.list_(pa.string()),
    "integer": pa.int32(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("ms", tz="UTC"),
}


def parquet_file(csv_file: Path) -> Path:
    return csv_file.with_suffix(".parquet")


def write_parquet(csv_file: Path, columns: tuple[Column, ...]) -> None:
    """Write the Parquet file beside the CSV file."""
    with pq.ParquetWriter(parquet_file(csv_file), schema_of(columns), compression="zstd") as writer:
        for group in _row_groups(typed_portions(csv_file, columns)):
            writer.write_table(group)


def _row_groups(portions: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Some portions at a time as one table, whose categories have one numbering."""
    for first in portions:
        tables = chain([first], islice(portions, PORTIONS_A_GROUP - 1))
        yield pa.concat_tables(tables).unify_dictionaries()


def schema_of(columns: tuple[Column, ...]) -> pa.Schema:
    """One field for each column, with its meaning as metadata; only some may be missing."""
    return pa.schema(
        [
            pa.field(c.name, TYPES[c.type], bool(c.missing), {"description": c.meaning})
            for c in columns
        ]
    )


def typed_portions(csv_file: Path, columns: tuple[Column, ...]) -> Iterator[pa.Table]:
    """The CSV file's rows with the columns' types, some at a time; empty cells are null."""
    as_read = {c.name: pa.string() if c.type == "list" else TYPES[c.type] for c in columns}
    with csv.open_csv(
        csv_file,
        csv.ReadOptions(block_size=PORTION, use_threads=False),
        csv.ParseOptions(newlines_in_values=True),
        csv.ConvertOptions(
            column_types=as_read,
            null_values=[""],
            true_values=["1"],
            false_values=["0"],
            strings_can_be_null=True,
        ),
    ) as reader:
        for batch in reader:
            yield _with_lists(pa.Table.from_batches([batch]), columns)


def _with_lists(portion: pa.Table, columns: tuple[Column, ...]) -> pa.Table:
    for place, column in enumerate(columns):
        if column.type == "list":
            # Its stub knows arrays alone, no chunked ones.
            parts = pc.split_pattern(portion.column(place), ";")  # type: ignore[call-overload]
            portion = portion.set_column(place, column.name, parts)
    return portion.cast(schema_of(columns))


def parquet_problems(csv_file: Path, columns: tuple[Column, ...]) -> Iterator[str]:
    """One sentence for a file that is missing or differs; the CSV file must be right already."""
    file = parquet_file(csv_file)
    try:
        stored = open_parquet(file)
    except (OSError, pa.ArrowInvalid) as error:
        yield f"{file.name} cannot be read as Parquet: {reason_of(error)}."
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


def _plain(values: "pa.ChunkedArray[Any]") -> "pa.ChunkedArray[Any]":
    """The values alone: equal ones may be numbered differently in two dictionaries."""
    is_coded = pa.types.is_dictionary(values.type)
    return values.cast(values.type.value_type) if is_coded else values


def _first_difference(ours: "pa.ChunkedArray[Any]", theirs: "pa.ChunkedArray[Any]") -> int | None:
    if ours.equals(theirs):
        return None
    pairs = zip_longest(ours.to_pylist(), theirs.to_pylist(), fillvalue=object())
    return next(place for place, (one, other) in enumerate(pairs) if one != other)
