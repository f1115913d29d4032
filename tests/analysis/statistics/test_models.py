"""Logistic models on trials, and the warning where trials are pooled."""

import numpy as np
import pytest
import statsmodels.api as sm

from analysis.statistics.means.gee import condition_effect, effect_of_counts, pooled_comparison


@pytest.fixture
def wrong(frames):
    _, trials = frames(n_participants=80, n_wrong=10, n_right=2)
    return trials[trials["stratum"] == "model_wrong"]


def test_the_odds_ratio_is_that_of_the_pooled_rates(wrong):
    found = condition_effect(wrong, "gradcam", "pv")
    rates = wrong.groupby("condition", observed=True)["correct"].mean()
    odds = rates / (1 - rates)
    assert found.odds_ratio.estimate == pytest.approx(odds["gradcam"] / odds["pv"])
    assert found.odds_ratio.ci_low < found.odds_ratio.estimate < found.odds_ratio.ci_high
    assert (found.n_participants, found.n_trials) == (80, 800)


def test_repeating_a_persons_answers_adds_no_evidence(wrong):
    once = condition_effect(wrong, "gradcam", "pv")
    twice = condition_effect(wrong.loc[wrong.index.repeat(2)], "gradcam", "pv")
    assert (twice.statistic, twice.standard_error) == pytest.approx(
        (once.statistic, once.standard_error)
    )
    assert twice.df == pytest.approx(once.df)


def test_its_odds_ratio_is_that_of_statsmodels_gee_and_its_error_a_little_wider(wrong):
    ours = condition_effect(wrong, "gradcam", "pv")
    ordered = wrong.sort_values("participant_id")
    design = np.column_stack([np.ones(len(ordered)), ordered["condition"] == "gradcam"])
    model = sm.GEE(
        ordered["correct"].to_numpy(float), design.astype(float),
        groups=ordered["participant_id"].astype(str), family=sm.families.Binomial(),
    )  # fmt: skip
    fitted = model.fit()
    log_odds = np.log(ours.odds_ratio.estimate)
    assert log_odds == pytest.approx(fitted.params[1], rel=1e-6)
    # Mancl and DeRouen's error corrects about twice as much as CR2.
    plain, wider = (model.fit(cov_type=kind).bse[1] for kind in ("robust", "bias_reduced"))
    assert plain < ours.standard_error < wider
    assert 70 < ours.df < 80


def test_its_score_test_is_that_of_statsmodels_gee_less_one_participant_in_all(wrong):
    ordered = wrong.sort_values("participant_id")
    answers, people = ordered["correct"].to_numpy(float), ordered["participant_id"].astype(str)
    design = np.column_stack([np.ones(len(ordered)), ordered["condition"] == "gradcam"])
    full, null = (
        sm.GEE(answers, columns, groups=people, family=sm.families.Binomial())
        for columns in (design.astype(float), np.ones((len(ordered), 1)))
    )
    full.fit()
    statistic = full.compare_score_test(null.fit())["statistic"]
    assert condition_effect(wrong, "gradcam", "pv").statistic == pytest.approx(statistic * 79 / 80)


def test_a_single_participant_has_no_error(wrong):
    one = wrong["participant_id"].eq("p001") | wrong["condition"].eq("pv")
    found = condition_effect(wrong[one], "gradcam", "pv")
    assert np.isnan(found.pvalue)
    assert found.n_participants == 41


def test_infinite_odds_give_no_number_but_a_test(wrong):
    wrong = wrong.assign(correct=wrong["correct"].where(wrong["condition"] != "pv", 1.0))
    found = condition_effect(wrong, "gradcam", "pv")
    assert np.isnan([found.odds_ratio.estimate, found.odds_ratio.ci_low]).all()
    assert found.pvalue < 1e-6


def test_participants_who_are_all_alike_give_odds_without_an_interval():
    asked, is_a = np.full(12, 14.0), np.arange(12) < 6
    found = effect_of_counts(np.where(is_a, 4.0, 7.0), asked, is_a)
    assert found.odds_ratio.estimate == pytest.approx(0.4)
    assert np.isnan([found.odds_ratio.ci_low, found.odds_ratio.ci_high]).all()


def test_answers_that_are_all_the_same_give_no_test(wrong):
    assert np.isnan(condition_effect(wrong.assign(correct=1.0), "gradcam", "pv").pvalue)


def test_the_design_effect_shows_what_pooling_would_hide(wrong):
    # Everybody always answers alike: ten answers are worth one.
    first = wrong.groupby("participant_id", observed=True)["correct"].transform("first")
    found = pooled_comparison(wrong.assign(correct=first), "gradcam", "pv")
    assert found.design_effect == pytest.approx(10, rel=0.05)
