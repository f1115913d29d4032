"""Sample sizes where images are a sample, too: the mixed model beside the Mann-Whitney test."""

import json

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from scipy import stats

import analysis
from analysis.errors import PlanError
from analysis.sample_size.analyses import ANALYSES, Sides, Study
from analysis.sample_size.ceilings import Ceiling
from analysis.sample_size.power import PowerQuestion, plan_sample, simulated_power
from analysis.sample_size.random_images import AnswerModel, RandomImages
from analysis.sample_size.score_models import BetaBinomialScores, EmpiricalScores

LOW, HIGH = BetaBinomialScores(0.30, 0.17, 14), BetaBinomialScores(0.40, 0.18, 14)
MIDDLE = BetaBinomialScores(0.35, 0.175, 14)
# Smaller than any study, so that fits are fast.
FEW = RandomImages(6, item_condition_sd=0.8)
ASSUMED = {"means": [0.3, 0.4], "deviations": [0.17, 0.18], "jobs": 1, "verbosity": 0}


@pytest.mark.parametrize("sd", [0.0, 0.8])
def test_drawn_answers_have_the_assumed_means_and_deviations(sd):
    drawn = AnswerModel.of(LOW, HIGH, RandomImages(14, sd, n_other_items=16, other_mean=0.7))
    random = np.random.default_rng(1)
    studies = [drawn.draw(random, 60) for _ in range(800)]
    wrong = np.array([study["model_wrong"].mean(axis=2) for study in studies])
    right = np.array([study["model_right"].mean(axis=2) for study in studies])
    assert wrong.mean(axis=(0, 2)) == pytest.approx([0.30, 0.40], abs=0.01)
    # Of participants who answer the same images.
    deviations = np.sqrt(wrong.var(axis=2, ddof=1).mean(axis=0))
    assert deviations == pytest.approx([0.17, 0.18], abs=0.003)
    assert right.mean(axis=(0, 2)) == pytest.approx([0.7, 0.7], abs=0.01)


def test_other_numbers_of_images_leave_the_participants_as_they_are():
    few, many = (AnswerModel.of(LOW, HIGH, RandomImages(n, 0.5)) for n in (7, 56))
    assert (few.a, few.b) == (many.a, many.b)


def test_a_deviation_that_images_rule_out_is_refused():
    equal = EmpiricalScores(np.array([0.5, 0.5]), 14)
    with pytest.raises(PlanError, match=r"14 images that vary by 0\.86 logits, the standard"):
        AnswerModel.of(equal, equal, RandomImages(14, 0.5))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"n_items": 1}, "at least 2 images, but there are 1"),
        ({"n_other_items": 1}, "none or at least 2, but there are 1"),
        ({"item_condition_sd": -0.1}, "between 0 and 5 logits, but is -0.1"),
        ({"other_mean": 1.0}, "must lie between 0 and 1, but is 1"),
    ],
)
def test_impossible_images_are_refused(changed, message):
    with pytest.raises(PlanError, match=message):
        RandomImages(**{"n_items": 14, "item_condition_sd": 0.5, **changed})


def test_the_curve_of_scores_is_that_of_earlier_versions():
    plan = plan_sample(PowerQuestion(LOW, HIGH), [20, 60, 100], simulations=300, seed=1)
    assert plan.curve["power"].tolist() == [80 / 300, 235 / 300, 287 / 300]
    assert list(plan.curve) == ["n_per_condition", "power", "ci_low", "ci_high"]


def test_answers_to_images_that_do_not_differ_give_the_rank_test_the_power_of_scores():
    scores = PowerQuestion(LOW, HIGH)
    answers = PowerQuestion(LOW, HIGH, images=RandomImages(14, 0.0))
    powers = [simulated_power(each, 49, 600, 1) for each in (scores, answers)]
    # Three standard errors of the difference.
    assert powers[1] == pytest.approx(powers[0], abs=0.08)


def test_without_a_difference_the_mixed_model_errs_as_its_level_says_and_the_rank_test_more():
    rank, model = (
        PowerQuestion(MIDDLE, MIDDLE, tests=1, analysis=name, images=FEW) for name in ANALYSES
    )
    studies = 50
    found = round(studies * simulated_power(model, 12, studies, 1))
    # If 5 % is true, more are found once in a thousand such tests.
    assert found <= stats.binom.isf(0.001, studies, 0.05)
    assert simulated_power(rank, 49, 400, 1) > 0.2


def test_more_participants_do_not_exceed_the_ceiling_and_more_images_do():
    question = PowerQuestion(LOW, HIGH, tests=1, analysis="mixed_model", images=FEW)
    plan = plan_sample(question, [10, 120], simulations=16, seed=1)
    assert plan.n_finished is None
    assert plan.curve["ci_low"].iloc[1] <= plan.ceiling < 0.3
    assert plan.least_images > 20
    more = PowerQuestion(LOW, HIGH, tests=1, images=RandomImages(plan.least_images, 0.8),
                         analysis="mixed_model")  # fmt: skip
    assert plan_sample(more, [5], simulations=1).ceiling >= 0.8


@pytest.mark.parametrize("alternative", ["two-sided", "less", "greater"])
def test_the_ceiling_is_the_power_of_a_t_test_of_images(alternative):
    random = np.random.default_rng(1)
    differences = -0.5 + 0.5 * np.sqrt(2) * random.normal(size=(20_000, 14))
    test = stats.ttest_1samp(differences, 0, axis=1, alternative=alternative)
    found = Ceiling(-0.5, 0.5, 0, 0.05, alternative).at(14)
    assert found == pytest.approx((test.pvalue < 0.05).mean(), abs=0.015)


def test_the_ceiling_without_a_difference_is_the_level_and_without_differing_images_1():
    assert Ceiling(0.0, 0.5, 16, 0.025, "two-sided").at(14) == pytest.approx(0.025)
    assert Ceiling(0.5, 0.0, 16, 0.025, "two-sided").at(14) == 1
    assert Ceiling(0.5, 0.01, 16, 0.025, "two-sided").at(14) == 1
    assert Ceiling(0.01, 5.0, 0, 0.05, "two-sided").least_images(0.99) is None


def test_all_analyses_see_the_same_studies_and_fewer_are_the_first_of_them():
    question = PowerQuestion(LOW, HIGH, images=FEW, analysis="mixed_model")
    fewer, more = (simulated_power(question, 12, n, seed=3) * n for n in (4, 8))
    assert round(fewer) <= round(more) <= round(fewer) + 4
    shared = plan_sample(question, [10, 12], simulations=4, seed=3, jobs=2)
    assert shared.curve["power"].iloc[1] == fewer / 4


def study_of(right):
    a, b = right.mean(axis=2)
    return Study(a, b, {"model_wrong": right})


def test_a_one_sided_p_of_the_mixed_model_is_on_the_side_of_its_odds():
    right = AnswerModel.of(LOW, HIGH, FEW).draw(np.random.default_rng(4), 30)["model_wrong"]
    p_of = ANALYSES["mixed_model"].p_value
    both, less, greater = (
        p_of(study_of(right), Sides(side)) for side in ("two-sided", "less", "greater")
    )
    assert right[0].mean() < right[1].mean()
    assert less < greater
    assert less == both / 2
    assert less + greater == pytest.approx(1)


def test_a_study_that_the_model_does_not_fit_counts_as_not_found():
    right = np.zeros((2, 5, 4), dtype=bool)
    assert np.isnan(ANALYSES["mixed_model"].p_value(study_of(right), Sides()))
    hard = BetaBinomialScores(0.02, 0.06, 14)
    question = PowerQuestion(hard, hard, analysis="mixed_model", images=RandomImages(4, 0.0))
    [row] = plan_sample(question, [3], simulations=10).curve.to_dict("records")
    assert row["not_fitted"] > 0.5
    assert row["power"] == 0


def test_the_mixed_model_needs_to_know_how_images_differ():
    with pytest.raises(PlanError, match="mixed model depends on how images differ"):
        PowerQuestion(LOW, HIGH, analysis="mixed_model")
    with pytest.raises(PlanError, match="mann_whitney, mixed_model, but is 'welch'"):
        PowerQuestion(LOW, HIGH, analysis="welch")


def test_a_notebook_has_both_powers():
    images = analysis.RandomImages(n_items=8, item_condition_sd=0.5)
    question = analysis.PowerQuestion(LOW, HIGH, analysis="mixed_model", images=images)
    plan = analysis.plan_sample(question, sizes=[10], simulations=3)
    assert 0 < plan.ceiling < 1


def test_the_command_gives_both_curves_beside_each_other(tmp_path, capsys):
    with pytest.raises(CommandError, match=r"power of 0\.8 by: mixed model, 6 images\."):
        call_command(
            "plan_sample", means=[0.3, 0.5], deviations=[0.2, 0.22], items=6, sizes=[6, 60],
            item_condition_sd=0.5, simulations=100, fits=4, out=tmp_path / "plan", jobs=1,
            verbosity=0,
        )  # fmt: skip
    said = capsys.readouterr().out
    assert "Mann–Whitney test, 6 images: 60 finished participants per condition are enough" in said
    assert "it stays below about 0.66 with these images; at least 8 images are needed" in said
    assert "its higher power is no reason to prefer it" in said
    plan = json.loads((tmp_path / "plan" / "plan.json").read_text())
    rank, model = plan["curves"]
    assert (rank["analysis"], rank["simulations"], rank["ceiling"]) == ("mann_whitney", 100, None)
    assert (model["analysis"], model["simulations"], model["least_items"]) == ("mixed_model", 4, 8)
    assert model["n_finished_per_condition"] is None
    assert plan["curve"] == rank["curve"]
    assert plan["item_condition_sd"] == 0.5
    assert all(each in said for each in plan["sentences"])
    table = (tmp_path / "plan" / "table_power.md").read_text()
    assert "| Mixed model | 6 | 60 |" in table
    assert (tmp_path / "plan" / "figure_power.svg").stat().st_size > 5_000


def test_the_command_varies_the_number_of_images(tmp_path):
    call_command(
        "plan_sample", item_condition_sd=0.5, item_numbers=[6, 9], sizes=[40], power=0.01,
        analyses=["mixed_model"], fits=4, tests=1, out=tmp_path / "plan", **ASSUMED,
    )  # fmt: skip
    few, many = json.loads((tmp_path / "plan" / "plan.json").read_text())["curves"]
    assert (few["n_items"], many["n_items"]) == (6, 9)
    assert few["ceiling"] < many["ceiling"]


def test_the_command_takes_means_and_deviations_from_scores(published_file, capsys):
    call_command(
        "plan_sample", scores=published_file, item_condition_sd=0.2, sizes=[14], simulations=50,
        analyses=["mann_whitney"], jobs=1, verbosity=0,
    )  # fmt: skip
    assert "14 images: 14 finished participants" in capsys.readouterr().out


def test_images_of_both_strata_together_are_no_sample_of_one_kind(published_file):
    with pytest.raises(CommandError, match="must be model_wrong or model_right, but is all"):
        call_command(
            "plan_sample", scores=published_file, stratum="all", item_condition_sd=0.5, verbosity=0
        )


@pytest.mark.parametrize(
    ("means", "alternative", "sentence"),
    [
        ([0.35, 0.35], "two-sided", "The assumed means are equal"),
        ([0.4, 0.3], "less", "first assumed mean is not smaller than the second"),
    ],
)
def test_what_is_not_there_is_never_planned_to_be_found(means, alternative, sentence, capsys):
    with pytest.raises(CommandError, match=sentence):
        call_command(
            "plan_sample", means=means, deviations=[0.18, 0.18], item_condition_sd=2.0, jobs=1,
            sizes=[60], simulations=40, power=0.3, alternative=alternative, tests=1, verbosity=0,
            analyses=["mann_whitney"],
        )  # fmt: skip


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"analyses": ["mixed_model"]}, r"give images \(--item-condition-sd\), 0 if they do not"),
        ({"item_numbers": [10, 20]}, "--item-numbers needs --item-condition-sd"),
        ({"other_items": 16}, "--other-items needs --item-condition-sd"),
        ({"item_condition_sd": 9.0}, "must lie between 0 and 5 logits, but is 9"),
        ({"item_condition_sd": 0.5, "fits": 0}, "--fits and --jobs must be at least 1"),
    ],
)
def test_the_command_says_what_is_wrong_with_images(options, message):
    with pytest.raises(CommandError, match=message):
        call_command("plan_sample", simulations=10, **ASSUMED, **options)
