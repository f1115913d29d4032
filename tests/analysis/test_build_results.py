"""The command: three sources, one folder, whole or not at all."""

import json
import re

import pandas as pd
import pytest
from django.core.management import CommandError, call_command

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


def test_results_json_holds_the_agreed_rows(published_results):
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


def test_simulated_data_are_said_loudly(export_folder, tmp_path, capsys):
    call_command("build_results", export=export_folder(simulated=1), out=tmp_path / "results")
    assert "SIMULATED DATA: 20 of 20" in capsys.readouterr().err
    html = (tmp_path / "results" / "report.html").read_text()
    assert "Simulated data." in html
    assert json.loads((tmp_path / "results" / "results.json").read_text())["n_simulated"] == 20


def test_the_same_data_give_the_same_files(published_results, published_file, tmp_path):
    call_command("build_results", scores=published_file, out=tmp_path / "again")
    for path in published_results.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name


def test_earlier_results_are_replaced_and_other_files_are_not(scores_file, tmp_path):
    scores = scores_file("a,gradcam,1,2,2,2", "b,pv,2,2,0,2", "c,gradcam,0,2,2,2", "d,pv,1,2,1,2")
    out = tmp_path / "results"
    call_command("build_results", scores=scores, out=out)
    (out / "table_of_yesterday.csv").write_text("old")
    call_command("build_results", scores=scores, out=out)
    assert not (out / "table_of_yesterday.csv").exists()

    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.tex").write_text("years of work")
    with pytest.raises(CommandError, match="holds files that are no results"):
        call_command("build_results", scores=scores, out=mine)
    assert (mine / "thesis.tex").read_text() == "years of work"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("a,pv,3,2,1,2",), "line 2, column correct_model_wrong: must be at most"),
        (("a,pv,1,2,1,2",), "only the condition 'pv'"),
        (("a,pv,0,0,0,0", "b,gradcam,0,0,0,0"), "no answers at all"),
        ((), "holds no rows"),
    ],
)
def test_bad_scores_leave_nothing_behind(scores_file, tmp_path, lines, message):
    scores = scores_file(*lines)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(CommandError, match=message):
        call_command("build_results", scores=scores, out=tmp_path / "results")
    assert sorted(tmp_path.iterdir()) == before


def test_a_failure_while_writing_leaves_nothing_behind(published_file, tmp_path, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("analysis.output.render_report", full)
    with pytest.raises(CommandError, match="cannot be written: No space left on device"):
        call_command("build_results", scores=published_file, out=tmp_path / "results")
    assert list(tmp_path.iterdir()) == []


def test_it_asks_for_exactly_one_source(published_file, tmp_path):
    with pytest.raises(CommandError, match="exactly one of"):
        call_command("build_results", out=tmp_path / "results")
    with pytest.raises(CommandError, match="exactly one of"):
        call_command("build_results", "demo", scores=published_file, out=tmp_path / "results")


def test_an_export_gives_the_table_of_its_own_trials(export_folder, tmp_path):
    folder = export_folder(n_participants=30)
    call_command("build_results", export=folder, out=tmp_path / "results")
    trials = pd.read_csv(folder / "data" / "trials.csv")
    by_person = trials.groupby(["condition", "stratum", "participant_id"])["correct"].mean()
    expected = by_person.groupby(["condition", "stratum"]).mean()
    table = pd.read_csv(tmp_path / "results" / "table_accuracy.csv")
    table = table[table["stratum"] != "all"].set_index(["condition", "stratum"])["mean"]
    assert table.sort_index().to_dict() == pytest.approx(expected.sort_index().to_dict())
