"""The two-way bootstrap."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.statistics.means.answer_matrices import answer_matrices
from analysis.statistics.means.bootstrap import (
    paired_interaction_bootstrap,
    paired_two_way_bootstrap,
    resample_intervals,
    two_way_bootstrap,
)
from analysis.statistics.means.resamples import of_groups, of_pairs


@pytest.fixture
def wrong(frames):
    _, trials = frames(n_participants=60, n_wrong=14, n_right=2)
    return trials[trials["stratum"] == "model_wrong"]


def test_it_centres_on_the_observed_difference(wrong):
    found = two_way_bootstrap(wrong, "gradcam", "pv", resamples=2_000)
    rates = wrong.groupby("condition", observed=True)["correct"].mean()
    assert found.both.estimate == pytest.approx(rates["gradcam"] - rates["pv"])
    assert found.both.ci_low < found.both.estimate < found.both.ci_high


def test_drawing_people_alone_gives_the_interval_of_their_means(wrong):
    found = two_way_bootstrap(wrong, "gradcam", "pv", resamples=8_000).participants_only
    by_person = wrong.groupby(["condition", "participant_id"], observed=True)["correct"].mean()
    a, b = (by_person[name].to_numpy() for name in ("gradcam", "pv"))
    error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    quantile = stats.t.ppf(0.975, min(len(a), len(b)) - 1)
    assert found.ci_high - found.ci_low == pytest.approx(2 * quantile * error, rel=0.03)


def test_drawing_both_is_wider_than_drawing_people_alone(wrong):
    found = two_way_bootstrap(wrong, "gradcam", "pv", resamples=4_000)
    width = {name: getattr(found, name).ci_high - getattr(found, name).ci_low
             for name in ("both", "participants_only")}  # fmt: skip
    assert width["both"] > width["participants_only"]


def test_items_are_drawn_once_for_both_conditions():
    # Every image is either easy for everybody or hard for everybody: the difference never moves.
    answers = np.tile([1.0, 0.0, 1.0, 0.0, 0.0], (8, 1))
    found = resample_intervals(of_groups(answers, answers), 500, np.random.default_rng(1))["both"]
    assert found.estimate == 0
    # Nothing shows how far it would move, which is no interval of width 0.
    assert np.isnan([found.ci_low, found.ci_high]).all()
    answers[0] = 1 - answers[0]
    moved = resample_intervals(of_groups(answers, answers), 500, np.random.default_rng(1))["both"]
    assert moved.ci_low < 0 < moved.ci_high


def test_the_seed_decides(wrong):
    first, second = (two_way_bootstrap(wrong, "gradcam", "pv", 500, seed=2) for _ in range(2))
    assert first == second
    assert first != two_way_bootstrap(wrong, "gradcam", "pv", 500, seed=3)


def test_unanswered_trials_are_missing_and_not_wrong(frames):
    _, trials = frames(n_participants=20, finished_share=0.5)
    a, b = answer_matrices(trials, "gradcam", "pv")
    assert np.isnan(np.concatenate([a, b])).sum() > 0
    answered = trials[trials["condition"] == "pv"]["correct"].dropna()
    assert np.nanmean(b) == pytest.approx(answered.mean())


def test_single_answers_are_noise_that_counts_once():
    # Nothing but coins: neither people nor images differ, so both resampled is no wider than a
    # plain difference of rates, where the raw percentiles would be wider by the root of three.
    random = np.random.default_rng(6)
    a, b = (random.integers(0, 2, (60, 60)).astype(float) for _ in range(2))
    found = resample_intervals(of_groups(a, b), 4_000, random)["both"]
    plain = 2 * 1.96 * np.sqrt(2 * 0.25 / 3_600)
    assert found.ci_high - found.ci_low == pytest.approx(plain, rel=0.2)


def test_answers_that_vary_though_all_participants_and_images_are_alike_have_an_interval():
    a, b = np.eye(2), 1 - np.eye(2)
    found = resample_intervals(of_groups(a, b), 500, np.random.default_rng(1))["both"]
    assert found.ci_low < found.estimate == 0 < found.ci_high


def test_totals_of_many_participants_are_drawn_as_the_participants_would_be(monkeypatch):
    random = np.random.default_rng(3)
    easy = random.normal(0, 1, (1, 12)) + random.normal(0, 1, (700, 1))
    a, b = (
        (random.random((700, 12)) < 1 / (1 + np.exp(-easy - shift))).astype(float)
        for shift in (0.0, 0.5)
    )
    a[random.random(a.shape) < 0.2] = np.nan
    by_totals = resample_intervals(of_groups(a, b), 4_000, np.random.default_rng(1))
    monkeypatch.setattr("analysis.statistics.means.resamples.LARGE", 1_000)
    by_people = resample_intervals(of_groups(a, b), 4_000, np.random.default_rng(1))
    for name, expected in by_people.items():
        width = expected.ci_high - expected.ci_low
        assert by_totals[name].estimate == expected.estimate
        assert by_totals[name].ci_low == pytest.approx(expected.ci_low, abs=0.05 * width)
        assert by_totals[name].ci_high == pytest.approx(expected.ci_high, abs=0.05 * width)


def test_the_numbers_of_a_study_do_not_change_where_participants_are_drawn(wrong):
    # Computed before totals were drawn for large studies.
    found = two_way_bootstrap(wrong, "gradcam", "pv", 500, seed=2)
    assert found.both.ci_low == pytest.approx(-0.427967104985416, abs=1e-12)


def both_conditions(trials):
    """Each participant's trials again in another condition, where some answers differ."""
    other = trials.assign(correct=trials["correct"].where(trials.index % 5 != 0, 0))
    parts = [trials.assign(condition="a"), other.assign(condition="b")]
    return pd.concat(parts, ignore_index=True)


def test_pairs_give_the_interval_of_the_participants_own_differences(wrong):
    trials = both_conditions(wrong)
    found = paired_two_way_bootstrap(trials, "a", "b", resamples=8_000)
    means = trials.groupby(["condition", "participant_id"])["correct"].mean()
    differences = (means["a"] - means["b"]).to_numpy()
    assert found.both.estimate == pytest.approx(differences.mean())
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    width = found.participants_only.ci_high - found.participants_only.ci_low
    assert width == pytest.approx(2 * stats.t.ppf(0.975, len(differences) - 1) * error, rel=0.03)
    # Drawn apart, what participants have in common in both conditions would not cancel.
    apart = two_way_bootstrap(trials, "a", "b", resamples=2_000).participants_only
    assert apart.ci_high - apart.ci_low > 1.2 * width


def test_pairs_are_those_with_answers_in_both_conditions(wrong):
    trials = both_conditions(wrong)
    first = trials["participant_id"] == trials["participant_id"].iloc[0]
    without = trials[~first]
    only_in_a = trials[~first | (trials["condition"] == "a")]
    assert paired_two_way_bootstrap(only_in_a, "a", "b", 200) == paired_two_way_bootstrap(
        without, "a", "b", 200
    )
    nobody = trials[first == (trials["condition"] == "a")]
    assert np.isnan(paired_two_way_bootstrap(nobody, "a", "b", 200).both.estimate)


def test_the_interaction_is_how_much_larger_the_participants_differences_are_where_wrong(frames):
    _, trials = frames(n_participants=60, n_wrong=14, n_right=10)
    trials = both_conditions(trials)
    found = paired_interaction_bootstrap(trials, "a", "b", resamples=8_000)
    means = trials.groupby(["stratum", "condition", "participant_id"], observed=True)["correct"]
    wide = means.mean().unstack("participant_id")
    own = wide.loc["model_wrong"].loc["a"] - wide.loc["model_wrong"].loc["b"]
    own -= wide.loc["model_right"].loc["a"] - wide.loc["model_right"].loc["b"]
    assert found.both.estimate == pytest.approx(own.mean())
    width = found.participants_only.ci_high - found.participants_only.ci_low
    error = own.std(ddof=1) / np.sqrt(len(own))
    assert width == pytest.approx(2 * stats.t.ppf(0.975, len(own) - 1) * error, rel=0.03)


def test_an_interaction_needs_answers_in_both_strata(wrong):
    found = paired_interaction_bootstrap(both_conditions(wrong), "a", "b", 200)
    assert np.isnan([found.both.estimate, found.both.ci_low]).all()


def test_a_difference_of_differences_may_be_larger_than_one():
    answers = np.tile([1.0, 0.0], (6, 1)), np.tile([0.0, 1.0], (6, 1))
    (first, second), n = answers, 200
    first[0], second[0] = second[0].copy(), first[0].copy()
    right, wrong = np.ones((6, 2)), np.zeros((6, 2))
    wrong[0] = 1
    found = resample_intervals(
        of_pairs((right, wrong), (wrong, right)), n, np.random.default_rng(1)
    )
    assert found["both"].estimate == pytest.approx(5 / 3)
    assert found["both"].ci_high == 2
