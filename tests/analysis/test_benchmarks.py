"""The benchmark measures a whole and correct analysis."""

import json

import pytest
from django.core.management import call_command

from analysis.benchmarks import large_study
from analysis.data.study_data import from_frames
from analysis.report.results import analyse, results_json


def test_the_large_study_is_one_that_the_analysis_takes():
    people, trials = large_study(40, seed=1)
    results = results_json(analyse(from_frames("bench", people, trials)))
    assert results["n_participants"] == results["n_simulated"] == 40
    means = {(row["condition"], row["stratum"]): row["mean"] for row in results["accuracy"]}
    assert means["gradcam", "model_wrong"] < means["pv", "model_wrong"]
    assert means["gradcam", "model_right"] > means["pv", "model_right"]


def test_the_command_prints_what_it_measured(capsys):
    call_command("bench_analysis", participants=40)
    found = json.loads(capsys.readouterr().out)
    assert found["n_responses"] == 1200
    assert found["tables_tests_figures_seconds"] == pytest.approx(
        found["analyse_seconds"] + found["write_seconds"], abs=0.02
    )
    assert 0 < found["bootstrap_10000_of_100_by_30_seconds"] < 5
