"""The Mann-Whitney test where it could go wrong."""

import numpy as np
import pytest
from scipy import stats

from analysis.statistics.exact_ranks import rank_sum_chances
from analysis.statistics.mann_whitney import mann_whitney

ALTERNATIVES = ("two-sided", "less", "greater")


@pytest.fixture
def samples():
    random = np.random.default_rng(3)
    return random.normal(size=9), random.normal(0.8, size=12)


@pytest.mark.parametrize("alternative", ALTERNATIVES)
@pytest.mark.parametrize("method", ["exact", "asymptotic"])
@pytest.mark.parametrize("continuity", [True, False])
def test_it_agrees_with_scipy_on_untied_samples(samples, alternative, method, continuity):
    ours = mann_whitney(*samples, alternative, method, continuity)
    theirs = stats.mannwhitneyu(
        *samples, alternative=alternative, method=method, use_continuity=continuity
    )
    assert ours.u_statistic == theirs.statistic
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-12)


@pytest.mark.parametrize("alternative", ALTERNATIVES)
def test_the_exact_test_with_ties_counts_every_arrangement(alternative):
    a, b = np.array([1, 2, 2, 4.0]), np.array([2, 3, 3, 4, 5.0])
    ours = mann_whitney(a, b, alternative, "exact")

    def rank_sum(x, y, axis):
        return stats.rankdata(np.concatenate([x, y], axis=axis), axis=axis)[
            ..., : x.shape[axis]
        ].sum(axis)

    theirs = stats.permutation_test(
        (a, b), rank_sum, n_resamples=np.inf, alternative=alternative, vectorized=True
    )
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-12)
    assert "midranks" in ours.method


def test_it_is_exact_for_small_untied_samples_only(samples):
    a, b = samples
    assert mann_whitney(a, b).method == "exact"
    assert mann_whitney(a.round(), b.round()).method.startswith("normal approximation")
    many = np.arange(50.0)
    assert mann_whitney(many, many + 0.5).method.startswith("normal approximation")


def test_swapping_the_samples_mirrors_the_result(samples):
    a, b = samples
    first, second = (
        mann_whitney(a, b, "less", "asymptotic"),
        mann_whitney(b, a, "greater", "asymptotic"),
    )
    assert first.p_value == pytest.approx(second.p_value)
    assert first.z == pytest.approx(-second.z)
    assert first.u_statistic + second.u_statistic == len(a) * len(b)


def test_equal_scores_give_no_z_and_no_evidence():
    found = mann_whitney(np.full(60, 0.5), np.full(70, 0.5))
    assert np.isnan(found.z)
    assert found.p_value == 1
    assert found.method == "none: all scores are equal"


def test_an_empty_sample_gives_no_number_and_says_so():
    found = mann_whitney(np.array([]), np.array([1.0, np.nan]))
    assert (found.n_a, found.n_b) == (0, 1)
    assert np.isnan([found.u_statistic, found.z, found.p_value]).all()
    assert "empty" in found.method


def test_nan_scores_are_left_out(samples):
    a, b = samples
    with_gaps = np.concatenate([a, [np.nan, np.nan]])
    assert mann_whitney(with_gaps, b) == mann_whitney(a, b)


def test_complete_separation_reaches_the_smallest_p():
    found = mann_whitney(np.arange(5.0), np.arange(5.0) + 10, "less")
    assert found.u_statistic == 0
    assert found.p_value == pytest.approx(1 / 252)


def test_the_rank_sums_chances_add_up_to_one():
    chances = rank_sum_chances(np.array([2, 3, 3, 9, 14, 14, 14]), 3)
    assert chances.sum() == pytest.approx(1)
    assert chances[8] == pytest.approx(1 / 35)


def test_mid_p_counts_the_observed_arrangement_by_half():
    a, b = np.arange(5.0), np.arange(5.0) + 10
    found = mann_whitney(a, b, "less", "mid-p")
    assert found.p_value == pytest.approx(0.5 / 252)
    assert found.method == "mid-p"
    assert mann_whitney(a, b, method="mid-p").p_value == pytest.approx(1 / 252)
    assert mann_whitney(a.round(-1), b, method="mid-p").method == "mid-p, permutation of midranks"


def test_both_mid_p_of_one_side_add_up_to_one():
    a, b = np.array([1, 2, 2, 4.0]), np.array([2, 3, 3, 4, 5.0])
    sides = [mann_whitney(a, b, side, "mid-p").p_value for side in ("less", "greater")]
    assert sum(sides) == pytest.approx(1)
