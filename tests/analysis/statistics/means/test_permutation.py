"""Seeded permutation and sign-flip tests."""

import numpy as np
import pytest
from scipy import stats

from analysis.statistics.means.permutation import permutation_test, sign_flip_test

A = np.array([0.1, 0.2, 0.2, 0.3, 0.5])
B = np.array([0.2, 0.5, 0.6, 0.6, 0.7, 0.9])


@pytest.mark.parametrize("alternative", ["less", "greater"])
def test_it_approaches_the_share_of_all_arrangements(alternative):
    exact = stats.permutation_test(
        (A, B), lambda x, y: x.mean() - y.mean(), n_resamples=2**31, alternative=alternative
    )
    found = permutation_test(A, B, alternative, resamples=40_000)
    assert found.statistic == pytest.approx(exact.statistic)
    assert found.pvalue == pytest.approx(exact.pvalue, abs=0.005)


def test_two_sided_counts_both_directions():
    less = permutation_test(A, A + 0.05, "less", resamples=20_000).pvalue
    both = permutation_test(A, A + 0.05, resamples=20_000).pvalue
    assert both == pytest.approx(2 * less, rel=0.1)


def test_the_seed_decides():
    assert permutation_test(A, B, seed=3) == permutation_test(A, B, seed=3)
    assert permutation_test(A, B, seed=3).pvalue != permutation_test(A, B, seed=4).pvalue


def test_p_is_never_zero():
    assert permutation_test(np.zeros(40), np.ones(40), resamples=99).pvalue == 0.01


def test_equal_scores_are_no_evidence():
    assert permutation_test(np.ones(5), np.ones(6)).pvalue == 1


def test_sign_flips_follow_the_exact_distribution():
    values = np.array([0.3, 0.5, 0.2, 0.45, 0.6, 0.25])
    exact = stats.permutation_test(
        (values - 0.25,), lambda x: x.mean(), permutation_type="samples", n_resamples=2**31
    )
    assert sign_flip_test(values, 0.25, 40_000).pvalue == pytest.approx(exact.pvalue, abs=0.005)


def test_nothing_gives_nan():
    assert np.isnan(permutation_test(np.array([np.nan]), B).pvalue)
    assert np.isnan(sign_flip_test(np.array([]), 0.25).pvalue)
