"""Critical values of repeated looks, against those of another method."""

import numpy as np
import pytest

from analysis.statistics.alpha_spending import SPENDINGS, critical_values, levels

# From R 4.2 with mvtnorm 1.1 (pmvnorm, Miwa's algorithm with 2048 steps, uniroot): the values at
# which the chance to stay below all of them is 1 - spent, with correlations sqrt(t_i / t_j).
OF_MVTNORM = {
    ("obrien_fleming", (1 / 2, 1)): [2.962588, 1.968596],
    ("obrien_fleming", (1 / 3, 2 / 3, 1)): [3.710303, 2.511427, 1.993047],
    ("obrien_fleming", (0.3, 0.5, 0.9, 1)): [3.928573, 2.965618, 2.105021, 2.057262],
    ("pocock", (1 / 3, 2 / 3, 1)): [2.279428, 2.294911, 2.295940],
    ("pocock", (1 / 4, 1 / 2, 3 / 4, 1)): [2.368328, 2.367524, 2.358168, 2.350036],
    ("pocock", (0.3, 0.5, 0.9, 1)): [2.311835, 2.397645, 2.272334, 2.395911],
}


@pytest.mark.parametrize(("spending", "fractions"), OF_MVTNORM)
def test_they_are_the_values_of_another_method(spending, fractions):
    found = critical_values(fractions, 0.025, spending)
    assert found == pytest.approx(OF_MVTNORM[spending, fractions], abs=6e-7)


@pytest.mark.parametrize("spending", SPENDINGS)
def test_one_look_at_the_full_sample_is_the_plain_test(spending):
    assert levels([1.0], 0.05, spending) == pytest.approx([0.05], abs=1e-9)
    assert levels([1.0], 0.05, spending, is_two_sided=True) == pytest.approx([0.05], abs=1e-9)


@pytest.mark.parametrize("spending", SPENDINGS)
def test_all_looks_together_keep_the_error(spending):
    fractions = np.array([0.2, 0.5, 0.55, 1.0])
    values = critical_values(list(fractions), 0.05, spending)
    steps = np.diff([0.0, *fractions])
    motion = np.random.default_rng(3).normal(size=(200_000, 4)) * np.sqrt(steps)
    statistics = motion.cumsum(axis=1) / np.sqrt(fractions)
    error = (statistics > values).any(axis=1).mean()
    assert error == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 200_000))


@pytest.mark.parametrize("fractions", [[], [0.5, 0.5], [0.0, 1.0], [0.5, 1.1]])
def test_looks_must_be_ascending_shares_of_the_sample(fractions):
    with pytest.raises(ValueError, match="ascending"):
        critical_values(fractions, 0.05, "pocock")
