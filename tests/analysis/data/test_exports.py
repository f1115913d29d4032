"""Reading an export folder, and refusing one that is not whole."""

import hashlib
import json

import numpy as np
import pandas as pd
import pytest

from analysis.data.exports import read_export
from analysis.errors import DataError
from analysis.report.results import analyse, results_json
from analysis.statistics.answers.items import item_table
from analysis.statistics.answers.response_bias import distractor_shares


def corrupt(folder, table, line, column, value):
    """Put `value` into one cell of a table; line 2 is the first row."""
    path = folder / "data" / f"{table}.csv"
    lines = path.read_text().splitlines()
    cells = lines[line - 1].split(",")
    cells[lines[0].split(",").index(column)] = value
    lines[line - 1] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n")


def test_it_reads_scores_and_origin(export_folder):
    study = read_export(export_folder(n_participants=8))
    assert study.title == "Shapes"
    assert study.n_participants == 8
    assert study.provenance["protocol SHA-256"] == "aa11"
    assert len(study.provenance["data SHA-256"]) == 64


def test_tables_that_are_not_those_that_were_exported_are_shown_by_both_hashes(export_folder):
    folder = export_folder()
    description = folder / "dataset_description.json"
    untouched = read_export(folder).provenance["data SHA-256"]
    stated = {"survey": "shapes", "data_sha256": untouched}
    description.write_text(json.dumps({"name": "Shapes", "foresee": stated}))
    assert read_export(folder).provenance == {"source": "study shapes", "data SHA-256": untouched}
    corrupt(folder, "trials", 5, "hidden_time_ms", "1")
    changed = read_export(folder).provenance
    assert changed["data SHA-256 when exported"] == untouched != changed["data SHA-256"]


def test_the_hash_is_what_sha256sum_says_of_its_own_list(export_folder):
    folder = export_folder()
    files = sorted((folder / "data").glob("*.csv"))
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    expected = hashlib.sha256("".join(lines).encode()).hexdigest()
    assert read_export(folder).provenance["data SHA-256"] == expected


def test_it_reads_the_names_that_psych_ds_gives(export_folder):
    folder = export_folder()
    for table in ("trials", "participants"):
        path = folder / "data" / f"{table}.csv"
        path.rename(path.with_name(f"study-shapes_description-{table}_data.csv"))
    assert read_export(folder).n_participants == 20


def test_only_finished_participants_are_analysed(export_folder):
    study = read_export(export_folder(n_participants=40, finished_share=0.5))
    finished = study.participants["finished_at"].notna()
    assert 0 < study.n_participants == finished.sum() < 40


def test_it_counts_simulated_participants(export_folder):
    assert read_export(export_folder(n_participants=6, simulated=1)).n_simulated == 6


@pytest.mark.parametrize(
    ("table", "column", "value", "message"),
    [
        ("trials", "stratum", "odd", "line 5, column stratum: must be model_wrong or model_right"),
        ("trials", "correct", "2", "line 5, column correct: must be 1, 0 or empty, but is '2"),
        ("trials", "correct", "yes", "line 5, column correct: must be a number, but is 'yes'"),
        ("trials", "condition", "", "line 5, column condition: must be given, but is empty"),
        ("trials", "condition", "none", "line 5, column condition: must be 'gradcam', that partic"),
        ("trials", "response_time_ms", "-3", "line 5, column response_time_ms: must be at least 0"),
        ("trials", "participant_id", "nobody", "line 5, column participant_id: must be a partic"),
        (
            "trials",
            "trial_index",
            "1",
            "line 5, column participant_id and trial_index: 'p001', '1'",
        ),
        ("participants", "participant_id", "p001", "line 5, column participant_id: 'p001' was alr"),
        ("participants", "n_answered", "many", "line 5, column n_answered: must be a whole number"),
    ],
)
def test_it_names_the_file_line_and_column_of_a_bad_value(
    export_folder, table, column, value, message
):
    folder = export_folder()
    corrupt(folder, table, 5, column, value)
    with pytest.raises(DataError) as caught:
        read_export(folder)
    assert message in str(caught.value)
    assert table in str(caught.value)


def test_items_without_a_true_label_keep_their_answers(export_folder):
    folder = export_folder()
    n_items = len(item_table(read_export(folder).trials))
    path = folder / "data" / "trials.csv"
    pd.read_csv(path).assign(true_labels=None).to_csv(path, index=False)
    trials = read_export(folder).trials
    assert len(item_table(trials)) == n_items
    assert not distractor_shares(trials).empty


def test_it_names_a_missing_column(export_folder):
    folder = export_folder()
    path = folder / "data" / "trials.csv"
    path.write_text(path.read_text().replace("stratum", "layer", 1))
    with pytest.raises(DataError, match=r"trials\.csv has no column 'stratum'"):
        read_export(folder)


def test_it_refuses_a_folder_that_is_no_export(tmp_path):
    with pytest.raises(DataError, match="is not an export folder: it has no dataset_description"):
        read_export(tmp_path)
    (tmp_path / "dataset_description.json").write_text("{")
    with pytest.raises(DataError, match="is not valid JSON"):
        read_export(tmp_path)
    (tmp_path / "dataset_description.json").write_text(json.dumps({"name": "x"}))
    with pytest.raises(DataError, match=r"participants\.csv cannot be read"):
        read_export(tmp_path)


def test_it_refuses_a_study_without_finishers(export_folder):
    with pytest.raises(DataError, match="none of 20 participants has finished"):
        read_export(export_folder(finished_share=0.0))


def test_it_refuses_finished_participants_without_an_answer(export_folder):
    folder = export_folder()
    path = folder / "data" / "trials.csv"
    header, *rows = path.read_text().splitlines()
    place = header.split(",").index("correct")
    rows = [
        ",".join([*row.split(",")[:place], *[""], *row.split(",")[place + 1 :]]) for row in rows
    ]
    path.write_text("\n".join([header, *rows]) + "\n")
    with pytest.raises(DataError, match="no trial of a finished participant has an answer"):
        read_export(folder)


def test_someone_who_withdrew_is_not_analysed(export_folder):
    folder = export_folder()
    corrupt(folder, "participants", 3, "status", "withdrawn")
    study = read_export(folder)
    assert study.n_participants == 19
    assert "p002" not in set(study.scores["participant_id"])


def test_an_export_without_checks_has_no_failed_ones(export_folder):
    folder = export_folder()
    path = folder / "data" / "participants.csv"
    table = pd.read_csv(path)
    table.drop(columns="n_failed_checks").to_csv(path, index=False)
    assert (read_export(folder).participants["n_failed_checks"] == 0).all()


def test_classes_and_conditions_may_be_called_none_na_or_nan(export_folder):
    """The words that pandas takes for missing values stand in every column of text."""
    folder = export_folder()
    names = {"boat": "None", "fish": "NA", "house": "nan", "tree": "null", "gradcam": "n/a"}
    for table in ("trials", "participants"):
        path = folder / "data" / f"{table}.csv"
        text = path.read_text()
        for name, other in names.items():
            text = text.replace(name, other)
        path.write_text(text)
    results = results_json(analyse(read_export(folder)))
    assert results["conditions"] == ["n/a", "pv"]
    assert {row["prediction"] for row in results["items"]} == {"None", "NA", "nan", "null"}
    assert {row["option"] for row in results["distractors"]} == {"None", "NA", "nan", "null"}


def test_a_share_of_the_items_is_as_exact_as_floats_are(export_folder):
    trials = read_export(export_folder(n_participants=30)).trials
    items = item_table(trials)
    right = (items["accuracy"] * items["n_participants"]).to_numpy()
    assert np.allclose(right, np.rint(right), rtol=0, atol=1e-13)
    assert items["accuracy"].dtype == "float64"
