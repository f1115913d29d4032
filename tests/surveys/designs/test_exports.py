"""Exports of studies in blocks: the condition and the block of each trial, and a report."""

import csv
from collections import Counter

import pytest

from analysis.data.exports import read_export
from analysis.report.html import render_report
from analysis.report.results import analyse, results_json
from surveys.bots.policies import find_policy
from surveys.bots.walker import run_bots
from surveys.checks.stored_data import find_problems
from surveys.export.check import export_problems
from surveys.export.folder import export_study
from surveys.models import Survey
from tests.factories import make_survey
from tests.surveys.designs.protocols import BLOCKS, CROSSOVER, MIXED


@pytest.fixture
def exported(db, tmp_path):
    def make(more, bots=6, **kwargs):
        sizes = {"n_wrong": 4, "n_right": 4, "n_examples": 4} | kwargs
        survey = make_survey(tmp_path, more=more, **sizes)
        list(run_bots(survey, bots, 1, find_policy("paper")))
        assert list(find_problems(Survey.objects.get())) == []
        export_study(survey, tmp_path / "out")
        assert list(export_problems(tmp_path / "out")) == []
        return tmp_path / "out"

    return make


def rows_of(folder, table):
    [file] = (folder / "data").glob(f"*description-{table}_data.csv")
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines))


def test_trials_have_the_condition_shown_and_participants_their_arm(exported):
    folder = exported(CROSSOVER)
    trials, people = rows_of(folder, "trials"), rows_of(folder, "participants")
    assert list(trials[0])[-1] == "block"
    assert {row["condition"] for row in people} == {"gradcam>pv", "pv>gradcam"}
    shown = Counter((row["condition"], row["block"]) for row in trials)
    assert shown == {(c, b): 12 for c in ("gradcam", "pv") for b in ("part_1", "part_2")}


def test_questions_about_examples_are_in_a_table_of_their_own(exported):
    folder = exported(BLOCKS)
    assert {row["block"] for row in rows_of(folder, "trials")} == {"pre", "post"}
    extra = rows_of(folder, "extratrials")
    assert {(row["kind"], row["block"]) for row in extra} == {("example", "learn")}
    questions = {row["question"] for row in rows_of(folder, "questionnaire")}
    assert questions == {"age", "learn.trust", "post.trust", "remarks"}


def test_a_study_without_blocks_has_no_such_column(exported):
    folder = exported("", bots=2)
    assert "block" not in rows_of(folder, "trials")[0]


@pytest.mark.parametrize("more", [BLOCKS, CROSSOVER, MIXED])
def test_a_report_is_made_of_it(exported, undrawn, more):
    analysed = analyse(read_export(exported(more)))
    results = results_json(analysed)
    rows = results["paired_tests"]
    assert {row["method"] for row in rows} <= {
        "Wilcoxon signed-rank, exact",
        "Wilcoxon signed-rank, no difference",
        "Wilcoxon signed-rank, none: nobody has both scores",
    }
    assert len(results["own_chance"]) > 1
    assert "Within participants, block by block" in render_report(analysed)
    has_pairs_of_groups = more == BLOCKS
    assert ("changes" in results) == has_pairs_of_groups
    assert ("block_groups" in results) == has_pairs_of_groups
