"""An export is held against its own codebook, cell by cell, and against the rules of Psych-DS."""

import json
from io import StringIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command

from surveys.errors import ExportError
from surveys.export.check import export_problems
from surveys.export.folder import export_study
from tests.factories import make_survey
from tests.surveys.everything import EVERYTHING
from tests.surveys.visitor import Visitor

TRIALS = "study-shapes_description-trials_data.csv"


@pytest.fixture
def folder(survey, ben, cy, tmp_path):
    export_study(survey, tmp_path / "export")
    return tmp_path / "export"


def edit(folder, line, column, value, file=TRIALS):
    """Put `value` into one cell; line 2 is the first row."""
    path = folder / "data" / file
    lines = path.read_text().splitlines()
    cells = lines[line - 1].split(",")
    cells[lines[0].split(",").index(column)] = value
    lines[line - 1] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n")


def problems(folder):
    """What is wrong with the tables; that the hash has changed goes without saying."""
    return [text for text in export_problems(folder) if "as they were exported" not in text]


def test_an_export_agrees_with_its_codebook(folder):
    assert list(export_problems(folder)) == []


def test_an_export_of_every_section_agrees_with_its_codebook(db, tmp_path):
    survey = make_survey(tmp_path, more=EVERYTHING, n_examples=3)
    whole, lost, gone = (Visitor(survey.slug) for _ in range(3))
    whole.finish()
    lost.go_to("comprehension")
    for _ in range(2):
        lost.send(answer_1="1", answer_2="1")
    gone.go_to("trial")
    gone.get(gone.url("withdraw/"))
    gone.send()
    Visitor(survey.slug).agree()
    export_study(survey, tmp_path / "export")
    assert list(export_problems(tmp_path / "export")) == []


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("correct", "yes", "must be 1 or 0, but is 'yes'"),
        ("trial_index", "1.5", "must be a whole number of at least 0, but is '1.5'"),
        ("trial_index", "", "must be given (integer), but is empty"),
        ("condition", "zebra", "must be among the levels gradcam, pv, but is 'zebra'"),
        ("options_shown", "boat;zebra", "must be among the levels"),
        ("answered_at", "2026-01-31 09:30", "must be a time such as 2026-01-31T09:30:00.000Z"),
        ("answered_at", "2026-02-31T09:30:00.000Z", "must be a time such as"),
    ],
)
def test_a_wrong_cell_is_named_by_file_line_and_column(folder, column, value, message):
    edit(folder, 3, column, value)
    assert any(
        text.startswith(f"{TRIALS}, line 3, column {column}: ") and message in text
        for text in problems(folder)
    )


def test_columns_must_be_those_of_the_codebook(folder):
    path = folder / "data" / TRIALS
    path.write_text(path.read_text().replace("stratum", "layer", 1))
    found = problems(folder)
    assert f"{TRIALS}, line 1, column layer: the codebook does not know it." in found
    assert f"{TRIALS}, line 1, column stratum: it is missing." in found
    assert f"{TRIALS}, line 1, column layer: it is not among variableMeasured." in found


def test_a_row_that_is_too_short_is_named(folder):
    path = folder / "data" / TRIALS
    path.write_text(path.read_text() + "p-1,pv\n")
    assert f"{TRIALS}, line 10 must have 35 cells, but has 2." in problems(folder)


def test_a_changed_value_shows_in_the_hash_and_in_the_parquet_file(folder):
    edit(folder, 4, "response_time_ms", "1")
    found = list(export_problems(folder))
    assert len(found) == 2
    assert "row 4 (counting the header), column response_time_ms: the value must be" in found[0]
    assert found[1].endswith("they are not as they were exported.")


def test_parquet_must_have_the_same_rows_and_types(folder):
    file = (folder / "data" / TRIALS).with_suffix(".parquet")
    table = pq.read_table(file)
    pq.write_table(pa.concat_tables([table, table]), file)
    assert problems(folder) == [f"{file.name} has more rows than the 8 of the CSV file."]
    pq.write_table(table.drop_columns(["stratum"]), file)
    assert "must have the codebook's columns and types" in problems(folder)[0]
    file.unlink()
    assert "cannot be read as Parquet" in problems(folder)[0]


def test_tables_may_neither_be_missing_nor_unknown(folder):
    data = folder / "data"
    (data / TRIALS).rename(data / "study-shapes_description-answers_data.csv")
    found = problems(folder)
    assert "data/ must hold one file of the table trials, but holds 0." in found
    assert any("answers_data.csv: the codebook knows no such table" in text for text in found)


def test_the_rules_of_psych_ds_are_checked(folder):
    description = folder / "dataset_description.json"
    whole = json.loads(description.read_text())
    (folder / "data" / "notes.txt").write_text("x")
    (folder / "data" / "trials.csv").write_text("participant_id\n")
    description.write_text(json.dumps({**whole, "@type": "Thing", "@context": "x", "name": ""}))
    found = problems(folder)
    for part in (
        "lacks the key name",
        "@type must be Dataset, but is 'Thing'",
        "@context must name schema.org, but is 'x'",
        "data/notes.txt is neither known to Psych-DS nor named in .psychdsignore",
        "data/trials.csv must be named by pairs of keyword and value",
    ):
        assert any(part in text for text in found), part
    description.write_text("{")
    assert "must be in the folder itself and hold one JSON object" in problems(folder)[0]


def test_a_folder_without_a_codebook_is_refused(tmp_path):
    with pytest.raises(ExportError, match="name a folder that export_study wrote"):
        list(export_problems(tmp_path))
    (tmp_path / "codebook.csv").write_text("table,column\n")
    with pytest.raises(ExportError, match="line 1 must be table,column,meaning,type"):
        list(export_problems(tmp_path))


def test_the_command_prints_each_problem_and_fails(folder):
    out = StringIO()
    call_command("check_export", folder, stdout=out)
    assert "agrees with its codebook" in out.getvalue()
    edit(folder, 3, "correct", "yes")
    with pytest.raises(CommandError, match=r"\d problem\(s\) in"):
        call_command("check_export", folder, stdout=out)
    assert "line 3, column correct: must be 1 or 0" in out.getvalue()


def test_a_folder_that_is_none_is_answered_in_words(tmp_path):
    with pytest.raises(CommandError) as raised:
        call_command("check_export", tmp_path / "nothing")
    assert str(raised.value).endswith(
        "cannot be read (No such file or directory); name a folder that export_study wrote."
    )


def test_a_missing_parquet_file_is_named_in_words(folder):
    file = next(folder.rglob("*.parquet"))
    file.unlink()
    (problem,) = [text for text in problems(folder) if "Parquet" in text]
    assert problem == f"{file.name} cannot be read as Parquet: No such file or directory."
