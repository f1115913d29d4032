"""Tables that were edited after their export: refused, or analysed under a list of differences."""

import csv
import hashlib
import json
import re
import shutil

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from analysis.data.contradictions import contradictions
from analysis.data.exports import read_export, read_extra_trials
from tests.analysis.recovery import take_survey

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("undrawn")]


@pytest.fixture(scope="module")
def whole(django_db_setup, django_db_blocker, tmp_path_factory):
    """An export as the software writes it."""
    folder = tmp_path_factory.mktemp("edited")
    with django_db_blocker.unblock(), transaction.atomic():
        export = take_survey(folder, "edited", 8, 3)
        transaction.set_rollback(True)
    return export


@pytest.fixture
def export(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "export")


def table(export, name):
    return next((export / "data").glob(f"*description-{name}_data.csv"))


def edit(export, name, change):
    """Let `change` edit a table's rows, and renew the hash that the description states."""
    path = table(export, name)
    with path.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    header = list(rows[0])
    rows = change(rows)
    with path.open("w", newline="") as lines:
        writer = csv.DictWriter(lines, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def renew_hash(export):
    files = sorted((export / "data").glob("*.csv"))
    sums = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    description = export / "dataset_description.json"
    found = json.loads(description.read_text())
    found["foresee"]["data_sha256"] = hashlib.sha256("".join(sums).encode()).hexdigest()
    description.write_text(json.dumps(found))


def contradict_correct(rows):
    rows[4]["correct"] = "0" if rows[4]["correct"] == "1" else "1"
    return rows


def delete_rows(rows):
    return rows[:-3]


def turn_dates_around(rows):
    rows[2]["arrived_at"], rows[2]["finished_at"] = rows[2]["finished_at"], rows[2]["arrived_at"]
    return rows


EDITS = [
    ("trials", contradict_correct, r"trials, line 6, column correct: contradicts the rest"),
    ("trials", delete_rows, r"has 7 trials in the tables, but n_trials is 10"),
    ("participants", turn_dates_around, r"consented_at is before arrived_at"),
]


def test_an_export_as_it_was_written_is_analysed(whole, tmp_path):
    call_command("build_results", export=whole, out=tmp_path / "results")
    assert json.loads((tmp_path / "results" / "results.json").read_text())["edits"] == []
    assert "Edited data" not in (tmp_path / "results" / "report.html").read_text()


@pytest.mark.parametrize(("name", "change", "message"), EDITS)
def test_an_edited_table_is_refused_and_nothing_is_written(export, tmp_path, name, change, message):
    edit(export, name, change)
    with pytest.raises(CommandError, match="is not as it was exported: ") as caught:
        call_command("build_results", export=export, out=tmp_path / "results")
    assert str(caught.value).endswith("add --edited to analyse it with a list of the differences.")
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(("name", "change", "message"), EDITS)
def test_an_edit_is_found_even_under_a_new_hash(export, name, change, message):
    edit(export, name, change)
    renew_hash(export)
    study = read_export(export)
    extra = read_extra_trials(export)
    found = list(contradictions(study.participants, study.trials, extra))
    assert any(re.search(message, sentence) for sentence in found), found


def test_a_truncated_line_is_named(export, tmp_path):
    path = table(export, "trials")
    text = path.read_text()
    path.write_text(text[: len(text) - 40])
    with pytest.raises(CommandError, match=r"line 81 has \d+ cells, but the first line names"):
        call_command("build_results", export=export, edited=True, out=tmp_path / "results")


def test_an_edited_export_that_is_asked_for_has_its_differences_in_a_frame(
    export, tmp_path, capsys
):
    edit(export, "trials", contradict_correct)
    call_command("build_results", export=export, edited=True, out=tmp_path / "results")
    found = json.loads((tmp_path / "results" / "results.json").read_text())["edits"]
    assert len(found) >= 2
    assert any("they are not as they were exported" in sentence for sentence in found)
    html = (tmp_path / "results" / "report.html").read_text()
    assert "<strong>Edited data.</strong>" in html
    frame = html[html.index("Edited data.") :]
    assert frame[: frame.index("</aside>")].count("<li>") == len(found)
    assert capsys.readouterr().err.count("EDITED DATA: ") == len(found)
    for file in (tmp_path / "results").glob("table_*.tex"):
        assert "EDITED DATA" in file.read_text()


def test_an_export_without_its_codebook_is_refused_in_our_words(export, tmp_path):
    (export / "codebook.csv").unlink()
    with pytest.raises(CommandError, match=r"codebook\.csv is missing, so the tables cannot"):
        call_command("build_results", export=export, out=tmp_path / "results")


def test_scores_cannot_be_edited(published_file, tmp_path):
    with pytest.raises(CommandError, match="--edited needs --export"):
        call_command("build_results", scores=published_file, edited=True, out=tmp_path / "results")
