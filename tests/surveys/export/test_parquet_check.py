"""Comparing a Parquet file with its CSV file takes little memory, however long they are."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from surveys.export.parquet import open_parquet


def test_no_more_of_a_parquet_file_is_read_than_is_asked_for(tmp_path):
    # Of numbers that no compression makes smaller, in row groups of 1 in 64.
    numbers = np.random.default_rng(1).integers(0, 2**62, 1 << 19)
    file = tmp_path / "numbers.parquet"
    pq.write_table(pa.table({"number": pa.array(numbers)}), file, row_group_size=len(numbers) // 64)
    before = pa.total_allocated_bytes()
    with open_parquet(file) as stored:
        batches = stored.iter_batches(1_000)
        next(batches)
        held = pa.total_allocated_bytes() - before
    assert file.stat().st_size > 4 << 20
    assert held < file.stat().st_size / 8
