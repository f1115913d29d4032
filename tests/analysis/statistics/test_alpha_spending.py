"""Critical values of repeated looks, against the published ones."""

import numpy as np
import pytest

from analysis.statistics.alpha_spending import SPENDINGS, critical_values, levels

# Of the R packages ldbounds 2.0 and gsDesign 3.6 (sfLDOF, sfLDPocock), one-sided error .025, equal
# steps; the first and third row are in Reboussin, DeMets, Kim and Lan (2000), Programs for
# computing group sequential boundaries using the Lan-DeMets method.
PUBLISHED = {
    ("obrien_fleming", 5): [4.8769, 3.3569, 2.6803, 2.2898, 2.0310],
    ("obrien_fleming", 3): [3.7103, 2.5114, 1.9930],
    ("pocock", 5): [2.4380, 2.4268, 2.4101, 2.3966, 2.3859],
    ("pocock", 3): [2.2795, 2.2949, 2.2960],
}


def equal_steps(n):
    return [k / n for k in range(1, n + 1)]


@pytest.mark.parametrize(("spending", "n"), PUBLISHED)
def test_they_are_the_published_values(spending, n):
    found = critical_values(equal_steps(n), 0.025, spending)
    assert found == pytest.approx(PUBLISHED[spending, n], abs=6e-5)


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
