"""Sample sizes by simulation."""

import json

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from statsmodels.stats.power import TTestIndPower

from analysis.errors import PlanError
from analysis.plan.plan import default_plan
from analysis.sample_size.power import PowerQuestion, plan_sample, simulated_power
from analysis.sample_size.score_models import BetaBinomialScores, EmpiricalScores
from analysis.statistics.ranks.mann_whitney import mann_whitney

LOW, HIGH = BetaBinomialScores(0.30, 0.17, 14), BetaBinomialScores(0.40, 0.18, 14)


def test_simulated_scores_have_the_assumed_mean_and_deviation():
    drawn = LOW.draw(np.random.default_rng(1), 200, 500)
    assert drawn.mean() == pytest.approx(0.30, abs=0.002)
    assert drawn.std() == pytest.approx(0.17, abs=0.002)


def test_the_least_possible_spread_is_that_of_coins():
    coins = BetaBinomialScores(0.5, np.sqrt(0.25 / 14), 14)
    assert coins.correlation == pytest.approx(0, abs=1e-9)
    assert coins.draw(np.random.default_rng(1), 10, 10).shape == (10, 10)


@pytest.mark.parametrize(
    ("mean", "deviation", "message"),
    [
        (0.3, 0.05, "standard deviation lies between 0.122 and 0.458, but 0.05 was given"),
        (0.3, 0.5, "lies between 0.122 and 0.458, but 0.5"),
        (1.0, 0.1, "must lie between 0 and 1, but is 1"),
    ],
)
def test_impossible_assumptions_are_refused(mean, deviation, message):
    with pytest.raises(PlanError, match=message):
        BetaBinomialScores(mean, deviation, 14)


def test_power_is_near_that_of_the_formula_for_a_t_test():
    # Nearly normal scores: the Mann-Whitney test has 95 % of the t test's efficiency.
    effect = 0.10 / np.sqrt((0.17**2 + 0.18**2) / 2)
    formula = TTestIndPower().power(effect, 48, 0.05)
    one = PowerQuestion(LOW, HIGH, tests=1)
    assert simulated_power(one, 50, 1_500, 1) == pytest.approx(formula, abs=0.04)


def test_no_effect_is_found_as_often_as_alpha_says():
    one, two = PowerQuestion(LOW, LOW, tests=1), PowerQuestion(LOW, LOW)
    assert simulated_power(one, 40, 3_000, 1) == pytest.approx(0.05, abs=0.012)
    assert simulated_power(two, 40, 3_000, 1) == pytest.approx(0.025, abs=0.009)


def test_the_level_is_that_of_one_test_of_the_family_unless_said_otherwise():
    # The default family of two conditions: where the model was wrong, and where it was right.
    assert len(default_plan(["gradcam", "pv"]).tests) == PowerQuestion(LOW, HIGH).tests == 2
    assert PowerQuestion(LOW, HIGH).level == 0.025
    assert PowerQuestion(LOW, HIGH, alpha=0.06, tests=3).level == pytest.approx(0.02)


@pytest.mark.parametrize("method", ["auto", "exact", "mid-p", "asymptotic"])
def test_the_simulated_test_is_the_one_that_the_report_makes(method):
    question = PowerQuestion(LOW, HIGH, "less", method=method)
    random = np.random.default_rng([7, 8])
    studies = [model.draw(random, 60, 8) for model in (LOW, HIGH)]
    tests = [mann_whitney(a, b, "less", method) for a, b in zip(*studies, strict=True)]
    found = sum(test.pvalue < 0.025 for test in tests) / 60
    assert simulated_power(question, 8, 60, 7) == found > 0


def test_the_seed_decides_whatever_the_jobs_and_the_other_sizes():
    question = PowerQuestion(LOW, HIGH)
    alone = plan_sample(question, [30], simulations=300, seed=5)
    together = plan_sample(question, [20, 30, 40], simulations=300, seed=5, jobs=2)
    assert together.curve.iloc[1].to_dict() == alone.curve.iloc[0].to_dict()


def test_attrition_is_added_to_the_answer():
    plan = plan_sample(PowerQuestion(LOW, HIGH, wanted=0.5, attrition=0.2), [10, 40, 80], 300)
    assert plan.n_finished == 40
    assert plan.n_recruited == 50


def test_a_study_that_is_never_large_enough_has_no_answer():
    assert plan_sample(PowerQuestion(LOW, HIGH), [5, 8], 200).n_finished is None


def test_scores_are_drawn_from_those_observed():
    drawn = EmpiricalScores(np.array([0.2, 0.7])).draw(np.random.default_rng(1), 5, 50)
    assert set(drawn.ravel()) == {0.2, 0.7}


def test_the_command_answers_from_published_scores(published_file, tmp_path, capsys):
    options = {"sizes": [4, 10, 14], "simulations": 300, "attrition": 0.5, "jobs": 1}
    call_command(
        "plan_sample",
        scores=published_file,
        alternative="less",
        out=tmp_path / "plan",
        verbosity=0,
        **options,
    )
    assert (
        "10 finished participants per condition are enough; recruit 20" in capsys.readouterr().out
    )
    plan = json.loads((tmp_path / "plan" / "plan.json").read_text())
    assert plan["n_recruited_per_condition"] == 20
    assert plan["seed"] == 1
    assert (tmp_path / "plan" / "figure_power.svg").stat().st_size > 5_000


@pytest.mark.parametrize("option", [{"deviations": [0.2, 0.2]}, {"items": 30}])
def test_the_command_refuses_assumptions_that_scores_replace(published_file, option):
    with pytest.raises(CommandError, match="belongs to --means; those of --scores are in the file"):
        call_command("plan_sample", scores=published_file, verbosity=0, **option)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "Give either --scores, or --means"),
        ({"means": [0.3, 0.4]}, "--means needs --deviations"),
        ({"means": [0.3, 0.4], "deviations": [0.2, 0.2], "sizes": [1]}, "at least 2 participants"),
        ({"means": [0.3, 0.4], "deviations": [0.2, 0.2], "power": 1.5}, "must lie between 0 and 1"),
        ({"means": [0.3, 0.4], "deviations": [0.2, 0.2], "tests": 0}, "tests must be at least 1"),
        ({"means": [0.3, 0.4], "deviations": [0.2, 0.2], "method": "exakt"}, "method must be one"),
        ({"means": [0.3, 0.3], "deviations": [0.2, 0.2], "sizes": [5]}, "means are equal"),
        ({"means": [0.3, 0.31], "deviations": [0.2, 0.2], "sizes": [5]}, "No simulated size"),
        ({"means": [0.3, 0.4], "deviations": [0.2, 0.2], "seed": -1}, "seed must be at least 0"),
    ],
)
def test_the_command_says_what_is_wrong(options, message):
    with pytest.raises(CommandError, match=message):
        call_command("plan_sample", simulations=50, jobs=1, verbosity=0, **options)


def test_the_command_names_the_conditions_there_are(published_file):
    with pytest.raises(CommandError, match="no scores of 'lime'; its conditions are gradcam, pv"):
        call_command(
            "plan_sample", scores=published_file, conditions=["gradcam", "lime"], verbosity=0
        )
