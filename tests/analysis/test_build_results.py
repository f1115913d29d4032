"""The command: three sources, one folder, whole or not at all."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[2]
ACCURACY = {"condition", "stratum", "n_participants", "mean", "standard_error", "ci_low", "ci_high"}
TESTS = {
    "stratum", "condition_a", "condition_b", "alternative", "u_statistic", "z", "p_value", "p_holm",
    "cliffs_delta", "ci_low", "ci_high", "method",
}  # fmt: skip


@pytest.fixture(scope="session")
def published_results(tmp_path_factory, published_file):
    out = tmp_path_factory.mktemp("results") / "published"
    call_command("build_results", scores=published_file, out=out, verbosity=0)
    return out


def test_it_writes_every_table_and_figure_in_every_form(published_results):
    names = {path.name for path in published_results.iterdir()}
    assert {"results.json", "report.html"} <= names
    for stem in ("table_accuracy", "table_tests", "table_original"):
        assert {f"{stem}.{kind}" for kind in ("csv", "md", "tex")} <= names
    assert {f"figure_scores.{kind}" for kind in ("svg", "png", "pdf")} <= names
    assert [path.name for path in published_results.parent.iterdir()] == ["published"]


def test_results_json_has_the_agreed_rows(published_results):
    found = json.loads((published_results / "results.json").read_text())
    assert len(found["accuracy"]) == 6
    assert all(set(row) >= ACCURACY for row in found["accuracy"])
    assert all(set(row) >= TESTS for row in found["tests"])
    assert {row["stratum"] for row in found["tests"]} == {"model_wrong", "model_right", "all"}
    wrong = found["tests"][0]
    assert (wrong["condition_a"], wrong["alternative"]) == ("gradcam", "less")
    assert wrong["u_statistic"] == 288.5
    assert wrong["p_holm"] == pytest.approx(wrong["p_value"], rel=1)


def test_the_table_prints_the_papers_numbers(published_results):
    text = (published_results / "table_accuracy.md").read_text()
    for printed in ("8.3 ± 1.3", "95.9 ± 0.7", "35.0 ± 3.0", "75.5 ± 2.5"):
        assert printed in text


def test_the_report_needs_nothing_beside_it(published_results):
    html = (published_results / "report.html").read_text()
    addresses = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]+)""", html)
    assert [address for address in addresses if not address.startswith("#")] == []
    assert "<script" not in html
    assert html.count("<svg ") >= 1
    assert "Simulated data" not in html


def test_simulated_data_are_said_loudly(export_folder, tmp_path, capsys, undrawn):
    call_command(
        "build_results", export=export_folder(simulated=1), edited=True, out=tmp_path / "results"
    )
    assert "SIMULATED DATA: 20 of 20" in capsys.readouterr().err
    html = (tmp_path / "results" / "report.html").read_text()
    assert "Simulated data." in html
    assert json.loads((tmp_path / "results" / "results.json").read_text())["n_simulated"] == 20


def test_the_same_data_give_the_same_files(published_results, published_file, tmp_path):
    call_command("build_results", scores=published_file, out=tmp_path / "again")
    for path in published_results.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name


def test_earlier_results_are_replaced_and_other_files_are_not(scores_file, tmp_path, undrawn):
    scores = scores_file("a,gradcam,1,2,2,2", "b,pv,2,2,0,2", "c,gradcam,0,2,2,2", "d,pv,1,2,1,2")
    out = tmp_path / "results"
    call_command("build_results", scores=scores, out=out)
    (out / "table_of_yesterday.csv").write_text("old")
    call_command("build_results", scores=scores, out=out)
    assert not (out / "table_of_yesterday.csv").exists()

    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.tex").write_text("years of work")
    with pytest.raises(CommandError, match="has files that are not results"):
        call_command("build_results", scores=scores, out=mine)
    assert (mine / "thesis.tex").read_text() == "years of work"


PLAN = """
conditions = ["gradcam", "pv"]
[[tests]]
stratum = "model_wrong"
condition_a = "gradcam"
condition_b = "pv"
"""


@pytest.fixture
def refuse(tmp_path):
    """Runs the command on bad input; one sentence comes out, and nothing is written."""

    def build(message: str, **source) -> None:
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(CommandError) as caught:
            call_command("build_results", **source, out=tmp_path / "results")
        shown = str(caught.value)
        assert message in shown
        assert shown.endswith(".")
        assert "\n" not in shown
        assert sorted(tmp_path.rglob("*")) == before

    return build


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("a,pv,3,2,1,2",), "line 2, column correct_model_wrong: must be at most the line's"),
        (("a,pv,1,2,1,2", "a,gradcam,1,2,1,2"), "line 3, column participant_id: 'a' was already"),
        (("a,pv,1,2,1,2", "b,none,1,2,1,2"), "line 3, column condition: must be one of the plan"),
        (("a,pv,1,2,1,2", "b,,1,2,1,2"), "line 3, column condition: must be given, but is empty"),
        (("a,pv,one,2,1,2",), "line 2, column correct_model_wrong: must be a whole number"),
        (("a,pv,1,2,1,2",), "The plan compares the condition 'gradcam', but the data hold pv."),
        (("a,pv,0,0,0,0", "b,gradcam,0,0,0,0"), "the data have no answers"),
        ((), "has no rows below its line of column names"),
    ],
)
def test_bad_scores_are_one_sentence_and_leave_nothing_behind(
    scores_file, tmp_path, refuse, lines, message
):
    (tmp_path / "plan.toml").write_text(PLAN)
    refuse(message, scores=scores_file(*lines), plan=tmp_path / "plan.toml")


def test_a_file_without_content_or_columns_leaves_nothing_behind(scores_file, tmp_path, refuse):
    (tmp_path / "empty.csv").touch()
    refuse(
        "empty.csv is empty; its first line must name the columns", scores=tmp_path / "empty.csv"
    )
    names = scores_file("a,pv,1", header="participant_id,condition,correct_model_wrong")
    refuse("has no column 'n_model_wrong'; it has participant_id, condition", scores=names)
    refuse("cannot be read", scores=tmp_path / "nowhere.csv")


def test_a_plan_for_other_conditions_leaves_nothing_behind(scores_file, tmp_path, refuse):
    (tmp_path / "plan.toml").write_text(PLAN.replace('conditions = ["gradcam", "pv"]', ""))
    scores = scores_file("a,pv,1,2,1,2", "b,none,1,2,1,2")
    refuse("compares the condition 'gradcam', but the data hold none, pv", scores=scores,
           plan=tmp_path / "plan.toml")  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("correct", "2", "trials.csv, line 4, column correct: must be 1, 0 or empty"),
        ("condition", "none", "trials.csv, line 4, column condition: must be 'gradcam', that part"),
        (
            "stratum",
            "odd",
            "trials.csv, line 4, column stratum: must be model_wrong or model_right",
        ),
        ("trial_index", "1", "trials.csv, line 4, column participant_id and trial_index: 'p001'"),
    ],
)
def test_a_bad_export_is_one_sentence_and_leaves_nothing_behind(
    export_folder, refuse, column, value, message
):
    folder = export_folder()
    path = folder / "data" / "trials.csv"
    lines = path.read_text().splitlines()
    cells = lines[3].split(",")
    cells[lines[0].split(",").index(column)] = value
    path.write_text("\n".join([*lines[:3], ",".join(cells), *lines[4:]]) + "\n")
    refuse(message, export=folder)


def test_the_program_ends_with_a_status_that_scripts_see(scores_file, tmp_path):
    scores = scores_file("a,pv,3,2,1,2")
    done = subprocess.run(
        [sys.executable, "manage.py", "build_results", "--scores", scores, "--out", tmp_path / "r"],
        cwd=ROOT,
        env={**os.environ, "SECRET_KEY": "x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    [shown] = [line for line in done.stderr.splitlines() if "column" in line]
    assert shown.startswith("CommandError: scores.csv, line 2, column correct_model_wrong: must be")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "r").exists()


def test_a_failure_while_writing_leaves_nothing_behind(published_file, tmp_path, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("analysis.report.folder.render_report", full)
    with pytest.raises(CommandError, match="cannot be written: No space left on device"):
        call_command("build_results", scores=published_file, out=tmp_path / "results")
    assert list(tmp_path.iterdir()) == []


def test_it_asks_for_exactly_one_source(published_file, tmp_path):
    with pytest.raises(CommandError, match="exactly one of"):
        call_command("build_results", out=tmp_path / "results")
    with pytest.raises(CommandError, match="exactly one of"):
        call_command("build_results", "demo", scores=published_file, out=tmp_path / "results")


def test_an_export_gives_the_table_of_its_own_trials(export_folder, tmp_path, undrawn):
    folder = export_folder(n_participants=30)
    call_command("build_results", export=folder, edited=True, out=tmp_path / "results")
    trials = pd.read_csv(folder / "data" / "trials.csv")
    by_person = trials.groupby(["condition", "stratum", "participant_id"])["correct"].mean()
    expected = by_person.groupby(["condition", "stratum"]).mean()
    table = pd.read_csv(tmp_path / "results" / "table_accuracy.csv")
    found = table[table["stratum"] != "all"].set_index(["condition", "stratum"])["mean"]
    assert found.sort_index().to_dict() == pytest.approx(expected.sort_index().to_dict())
