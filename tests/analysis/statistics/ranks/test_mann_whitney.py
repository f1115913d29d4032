"""The Mann-Whitney test where it could go wrong."""

import time
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from analysis.statistics.alternatives import Alternative
from analysis.statistics.ranks.exact_ranks import rank_sum_chances
from analysis.statistics.ranks.mann_whitney import mann_whitney

ALTERNATIVES = ("two-sided", "less", "greater")


@pytest.fixture
def samples():
    random = np.random.default_rng(3)
    return random.normal(size=9), random.normal(0.8, size=12)


@pytest.mark.parametrize("alternative", ALTERNATIVES)
@pytest.mark.parametrize("method", ["exact", "asymptotic"])
@pytest.mark.parametrize("continuity", [True, False])
def test_it_agrees_with_scipy_on_untied_samples(samples, alternative, method, continuity):
    a, b = samples
    ours = mann_whitney(a, b, alternative, method, continuity)
    theirs = stats.mannwhitneyu(a, b, continuity, alternative, method=method)
    assert ours.statistic == theirs.statistic
    assert ours.pvalue == pytest.approx(theirs.pvalue, rel=1e-12)


@pytest.mark.parametrize("alternative", ALTERNATIVES)
def test_the_exact_test_with_ties_counts_every_arrangement(alternative):
    a, b = np.array([1, 2, 2, 4.0]), np.array([2, 3, 3, 4, 5.0])
    ours = mann_whitney(a, b, alternative, "exact")

    def rank_sum(x, y, axis):
        return stats.rankdata(np.concatenate([x, y], axis=axis), axis=axis)[
            ..., : x.shape[axis]
        ].sum(axis)

    theirs = stats.permutation_test(
        (a, b), rank_sum, vectorized=True, n_resamples=2**31, alternative=alternative
    )
    assert ours.pvalue == pytest.approx(theirs.pvalue, rel=1e-12)
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
    assert first.pvalue == pytest.approx(second.pvalue)
    assert first.z == pytest.approx(-second.z)
    assert first.statistic + second.statistic == len(a) * len(b)


def test_equal_scores_give_no_z_and_no_evidence():
    found = mann_whitney(np.full(60, 0.5), np.full(70, 0.5))
    assert np.isnan(found.z)
    assert found.pvalue == 1
    assert found.method == "none: all scores are equal"


def test_an_empty_sample_gives_no_number_and_says_so():
    found = mann_whitney(np.array([]), np.array([1.0, np.nan]))
    assert (found.n_a, found.n_b) == (0, 1)
    assert np.isnan([found.statistic, found.z, found.pvalue]).all()
    assert "empty" in found.method


def test_nan_scores_are_left_out(samples):
    a, b = samples
    with_gaps = np.concatenate([a, [np.nan, np.nan]])
    assert mann_whitney(with_gaps, b) == mann_whitney(a, b)


def test_complete_separation_reaches_the_smallest_p():
    found = mann_whitney(np.arange(5.0), np.arange(5.0) + 10, "less")
    assert found.statistic == 0
    assert found.pvalue == pytest.approx(1 / 252)


def test_the_rank_sums_chances_add_up_to_one():
    chances = rank_sum_chances(np.array([2, 3, 3, 9, 14, 14, 14]), 3)
    assert chances.sum() == pytest.approx(1)
    assert chances[8] == pytest.approx(1 / 35)


def test_mid_p_counts_the_observed_arrangement_by_half():
    a, b = np.arange(5.0), np.arange(5.0) + 10
    found = mann_whitney(a, b, "less", "mid-p")
    assert found.pvalue == pytest.approx(0.5 / 252)
    assert found.method == "mid-p"
    assert mann_whitney(a, b, method="mid-p").pvalue == pytest.approx(1 / 252)
    assert mann_whitney(a.round(-1), b, method="mid-p").method == "mid-p, permutation of midranks"


def test_both_mid_p_of_one_side_add_up_to_one():
    a, b = np.array([1, 2, 2, 4.0]), np.array([2, 3, 3, 4, 5.0])
    sides = [mann_whitney(a, b, side, "mid-p").pvalue for side in ("less", "greater")]
    assert sum(sides) == pytest.approx(1)


def test_an_exact_p_of_250_scores_each_is_quick_and_right():
    random = np.random.default_rng(1)
    a, b = random.normal(size=250), random.normal(0.2, size=250)
    start = time.process_time()
    ours = mann_whitney(a, b, method="exact")
    # Adding one rank at a time to every sum took 48 seconds on such a machine.
    assert time.process_time() - start < 15
    assert ours.method == "exact"
    theirs = stats.mannwhitneyu(a, b, method="exact")
    assert ours.pvalue == pytest.approx(theirs.pvalue, rel=1e-9)


@pytest.mark.parametrize("method", ["exact", "mid-p"])
def test_an_exact_p_that_would_take_too_long_is_approximated_and_says_so(method):
    random = np.random.default_rng(1)
    a, b = (random.binomial(14, chance, 600) / 14 for chance in (0.4, 0.42))
    found = mann_whitney(a, b, method=method)
    assert found.pvalue == mann_whitney(a, b, method="asymptotic").pvalue
    assert f"{method} p takes too long for this sample size" in found.method
    assert "too long" not in mann_whitney(a, b).method


def test_a_part_of_the_rank_sums_is_that_part_of_them_all():
    random = np.random.default_rng(2)
    for _ in range(40):
        ranks = random.integers(1, 12, random.integers(1, 9))
        size = int(random.integers(0, len(ranks) + 1))
        every = rank_sum_chances(ranks, size)
        counted = Counter(sum(chosen) for chosen in combinations(ranks.tolist(), size))
        assert every == pytest.approx(
            [counted[total] / counted.total() for total in range(len(every))]
        )
        most = int(random.integers(0, len(every)))
        assert rank_sum_chances(ranks, size, most) == pytest.approx(every[: most + 1])


def test_the_larger_group_has_the_p_of_the_smaller_one_mirrored():
    a, b = np.array([1, 2, 2, 4.0]), np.array([2, 3, 3, 4, 5, 5.0])
    mirrored: dict[Alternative, Alternative] = {
        "less": "greater",
        "greater": "less",
        "two-sided": "two-sided",
    }
    for side, other in mirrored.items():
        first, second = mann_whitney(a, b, side, "exact"), mann_whitney(b, a, other, "exact")
        assert first.pvalue == pytest.approx(second.pvalue, rel=1e-12)
