"""Cliff's delta and its interval."""

import numpy as np
import pytest

from analysis.statistics.ranks.effect_sizes import cliffs_delta, dominance


def brute_force(a, b):
    """Delta and Cliff's variance, pair by pair as he defines them."""
    signs = np.sign(a[:, None] - b[None, :])
    d, (n, m) = signs.mean(), signs.shape
    rows, columns = signs.mean(axis=1), signs.mean(axis=0)
    numerator = (
        m**2 * ((rows - d) ** 2).sum()
        + n**2 * ((columns - d) ** 2).sum()
        - ((signs - d) ** 2).sum()
    )
    return d, numerator / (n * m * (n - 1) * (m - 1))


def test_it_equals_the_definition_pair_by_pair():
    random = np.random.default_rng(5)
    a, b = random.integers(0, 9, 31).astype(float), random.integers(2, 11, 23).astype(float)
    delta, variance = brute_force(a, b)
    found = cliffs_delta(a, b).delta
    assert found.estimate == pytest.approx(delta, rel=1e-12)
    # The interval's ends solve (d - x)^2 = t^2 s^2 (1 - ...) in Feng and Cliff's form.
    from scipy import stats

    spread = stats.t.ppf(0.975, 52) ** 2 * variance
    root = np.sqrt(spread * ((1 - delta**2) ** 2 + spread))
    ends = np.array([delta - delta**3 - root, delta - delta**3 + root]) / (1 - delta**2 + spread)
    assert [found.ci_low, found.ci_high] == pytest.approx(ends, rel=1e-12)


def test_the_common_language_size_is_the_same_on_another_scale():
    found = cliffs_delta(np.array([1, 2, 3.0]), np.array([2, 2, 0.0]))
    assert found.common_language.estimate == pytest.approx((found.delta.estimate + 1) / 2)


def test_complete_separation_is_one_with_a_bound_below_it():
    found = cliffs_delta(np.arange(10.0) + 20, np.arange(12.0)).delta
    assert found.estimate == found.ci_high == 1
    assert 0 < found.ci_low < 1
    mirrored = cliffs_delta(np.arange(12.0), np.arange(10.0) + 20).delta
    assert mirrored.ci_high == -found.ci_low


def test_it_stays_within_minus_one_and_one():
    random = np.random.default_rng(2)
    for _ in range(50):
        a, b = random.integers(0, 4, 5).astype(float), random.integers(0, 4, 6).astype(float)
        found = cliffs_delta(a, b).delta
        assert -1 <= found.ci_low <= found.estimate <= found.ci_high <= 1


def test_too_few_scores_give_no_interval():
    found = cliffs_delta(np.array([1.0]), np.array([0.0, 2.0])).delta
    assert found.estimate == 0
    assert np.isnan(found.ci_low)
    assert np.isnan(cliffs_delta(np.array([]), np.array([0.0])).delta.estimate)


def test_dominance_counts_below_minus_above():
    assert dominance(np.array([2.0, 5.0]), np.array([1, 2, 3, 9.0])) == pytest.approx([-0.25, 0.5])
