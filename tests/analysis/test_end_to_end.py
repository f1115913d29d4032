"""From bots on the real pages to numbers: what was planted is found."""

import json

import pytest
from django.core.management import call_command

from analysis.descriptives import accuracy_table
from analysis.scores import read_scores
from surveys.export import export_study
from tests.factories import make_survey

pytestmark = pytest.mark.django_db


def within(truth: float, low: float, high: float) -> bool:
    """Whether the truth lies within a 95 % interval made twice as wide.

    The interval itself misses it with one draw of the bots in twenty, as it should.
    """
    middle, half = (low + high) / 2, (high - low) / 2
    return abs(truth - middle) < 2 * half


@pytest.fixture
def survey(tmp_path):
    survey = make_survey(tmp_path, n_wrong=5, n_right=5)
    call_command("run_bots", "shapes", participants=20, seed=1, verbosity=0)
    return survey


def test_the_planted_difference_lies_within_twice_its_interval_by_every_way(
    survey, published_file, tmp_path
):
    export_study(survey, tmp_path / "export")
    call_command("build_results", "shapes", out=tmp_path / "from-survey")
    call_command("build_results", export=tmp_path / "export", out=tmp_path / "from-export")
    found = [
        json.loads((tmp_path / name / "results.json").read_text())
        for name in ("from-survey", "from-export")
    ]
    # The export alone gives the results again.
    assert found[0] == found[1]

    # The bots score as the published participants did.
    planted = accuracy_table(read_scores(published_file)).set_index(["condition", "stratum"])[
        "mean"
    ]
    for row in found[0]["differences"]:
        truth = (
            planted[row["condition_a"], row["stratum"]]
            - planted[row["condition_b"], row["stratum"]]
        )
        assert within(truth, row["mean_ci_low"], row["mean_ci_high"])


def test_no_difference_is_planted_where_everybody_guesses(tmp_path):
    make_survey(tmp_path, n_wrong=5, n_right=5)
    call_command("run_bots", "shapes", participants=16, seed=2, policy="uniform", verbosity=0)
    call_command("build_results", "shapes", out=tmp_path / "results")
    found = json.loads((tmp_path / "results" / "results.json").read_text())
    for row in found["differences"]:
        assert within(0, row["mean_ci_low"], row["mean_ci_high"])
    # One of five options, "I just can't tell" among them.
    for row in found["accuracy"]:
        assert within(0.2, row["ci_low"], row["ci_high"])
