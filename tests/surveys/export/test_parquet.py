"""The Parquet files hold the CSV files' values, each as what it is."""

import csv
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from surveys.export import parquet
from surveys.export.check import export_problems
from surveys.export.columns.column import CONDITION, PARTICIPANT_ID
from surveys.export.folder import export_study
from surveys.models import Response, Trial


def read_both(folder, table):
    (file,) = (folder / "data").glob(f"*-{table}_data.csv")
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines)), pq.read_table(file.with_suffix(".parquet"))


@pytest.fixture
def out(survey, ben, cy, tmp_path):
    Response.objects.update(response_time_ms=2345, hidden_time_ms=None)
    export_study(survey, tmp_path / "export")
    return tmp_path / "export"


def test_each_value_has_its_type(out):
    rows, table = read_both(out, "trials")
    typed = table.to_pylist()
    stored = Response.objects.order_by("trial__participant__number", "trial__position").first()
    whole_ms = stored.answered_at.replace(microsecond=stored.answered_at.microsecond // 1000 * 1000)
    assert typed[0]["answered_at"] == whole_ms.astimezone(UTC)
    assert typed[0]["answered_at"] == datetime.fromisoformat(rows[0]["answered_at"])
    assert typed[0]["options_shown"] == rows[0]["options_shown"].split(";")
    assert typed[0]["correct"] is (rows[0]["correct"] == "1")
    assert typed[0]["response_time_ms"] == 2345
    assert typed[0]["hidden_time_ms"] is None
    types = {field.name: str(field.type) for field in table.schema}
    assert types["answered_at"] == "timestamp[ms, tz=UTC]"
    assert types["simulated"] == "bool"
    assert types["trial_index"] == "int32"
    assert types["condition"].startswith("dictionary<values=string")


def test_what_is_missing_is_null_and_what_may_not_be_missing_says_so(out):
    rows, table = read_both(out, "trials")
    typed = table.to_pylist()
    unanswered = [place for place, row in enumerate(rows) if not row["response"]]
    assert len(unanswered) == 2
    for place in unanswered:
        assert typed[place]["response"] is typed[place]["correct"] is None
    assert table.schema.field("response").nullable
    assert not table.schema.field("condition").nullable


def test_pandas_reads_it_without_further_arguments(out):
    _, table = read_both(out, "participants")
    frame = table.to_pandas()
    assert str(frame["arrived_at"].dtype) == "datetime64[ms, UTC]"
    assert frame["number"].tolist() == [1, 2]


def test_many_small_portions_give_the_same_table(survey, ben, cy, tmp_path, monkeypatch):
    export_study(survey, tmp_path / "whole")
    monkeypatch.setattr(parquet, "PORTION", 500)
    monkeypatch.setattr(parquet, "PORTIONS_A_GROUP", 2)
    export_study(survey, tmp_path / "portions")
    assert list(export_problems(tmp_path / "portions")) == []
    (_, whole), (_, portions) = (
        read_both(tmp_path / name, "trials") for name in ("whole", "portions")
    )
    assert portions.to_pylist() == whole.to_pylist()
    (file,) = (tmp_path / "portions" / "data").glob("*trials_data.parquet")
    assert pq.ParquetFile(file).num_row_groups > 1


def test_a_table_without_rows_keeps_its_columns(survey, ada, tmp_path):
    assert not Trial.objects.exists()
    export_study(survey, tmp_path / "export")
    rows, table = read_both(tmp_path / "export", "trials")
    assert rows == []
    assert (table.num_rows, table.num_columns) == (0, 35)


@pytest.fixture
def pool():
    """What Arrow allocates from now on."""
    earlier = pa.default_memory_pool()
    watched = pa.proxy_memory_pool(earlier)
    pa.set_memory_pool(watched)
    yield watched
    pa.set_memory_pool(earlier)


def test_memory_does_not_grow_with_the_file(tmp_path, pool):
    file = tmp_path / "large_data.csv"
    with file.open("w") as lines:
        lines.write("participant_id,condition\n")
        lines.writelines(f"p-{number:0100d},pv\n" for number in range(900_000))
    assert file.stat().st_size > 90 << 20
    parquet.write_parquet(file, (PARTICIPANT_ID, CONDITION))
    assert pool.max_memory() < 64 << 20
    assert pq.ParquetFile(file.with_suffix(".parquet")).metadata.num_rows == 900_000
