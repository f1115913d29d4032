"""Tests on means where they could go wrong, beyond the agreement with R."""

import numpy as np
import pytest
from scipy import stats

from analysis.data.schema import rows_by
from analysis.statistics.means.mean_tests import against_chance, equivalence, mean_difference, welch
from analysis.statistics.ranks.shifts import hodges_lehmann
from analysis.statistics.several_conditions import dunn, kruskal_wallis


# A tenth has no exact binary form: the mean of three is not a tenth.
@pytest.mark.parametrize("same", [0.0, 1.0, 0.1])
def test_scores_without_spread_give_no_t_no_p_and_no_interval(same):
    a = np.full(3, same)
    for b in (np.full(5, same), np.full(4, 0.3)):
        found = welch(a, b)
        assert found.difference.estimate == pytest.approx(same - b[0])
        assert np.isnan([found.statistic, found.pvalue, found.difference.ci_low]).all()
        both = equivalence(a, b, 0.1)
        assert np.isnan([both.pvalue, both.p_not_below, both.p_not_above]).all()
    chance = against_chance(a)
    assert chance.difference.estimate == pytest.approx(same - 0.25)
    assert np.isnan([chance.statistic, chance.pvalue, chance.difference.ci_low]).all()
    assert chance.method == "none: all scores are equal"


def test_one_group_with_spread_is_enough_for_welch():
    found = welch(np.zeros(4), np.array([0.1, 0.2, 0.4]))
    assert 0 < found.pvalue < 1
    assert found.difference.ci_low < found.difference.estimate < found.difference.ci_high


def test_one_participant_has_no_interval():
    found = mean_difference(np.array([0.5]), np.array([0.1, 0.2]))
    assert found.estimate == pytest.approx(0.35)
    assert np.isnan(found.ci_low)
    assert np.isnan(against_chance(np.array([0.5])).pvalue)
    assert np.isnan(welch(np.array([]), np.array([0.1, 0.2])).pvalue)


def test_equivalence_and_its_interval_agree():
    random = np.random.default_rng(1)
    a, b = random.normal(0.5, 0.1, 60), random.normal(0.51, 0.1, 55)
    for margin in (0.02, 0.04, 0.06, 0.2):
        found = equivalence(a, b, margin)
        inside = -margin < found.difference.ci_low and found.difference.ci_high < margin
        assert (found.pvalue < 0.05) == inside
    with pytest.raises(ValueError, match="margin must be above 0"):
        equivalence(a, b, 0)


def test_a_shifted_sample_is_found_at_its_shift():
    random = np.random.default_rng(4)
    a = random.normal(size=40)
    found = hodges_lehmann(a + 2, a)
    assert found.estimate == pytest.approx(2, abs=0.2)
    assert found.ci_low < 2 < found.ci_high
    assert np.isnan(hodges_lehmann(a, np.array([])).estimate)


@pytest.mark.parametrize("step", [None, 1 / 7])
def test_the_interval_of_a_shift_has_all_shifts_that_brunner_and_munzel_do_not_reject(step):
    random = np.random.default_rng(3)
    for _ in range(20):
        # Unlike shapes, with ties or without.
        a, b = random.normal(0.3, 1, 60), random.normal(0, 2, 55)
        if step:
            a, b = (np.round(group / step) * step for group in (a, b))
        found, inside = hodges_lehmann(a, b), 1e-7
        for end, inwards in ((found.ci_low, inside), (found.ci_high, -inside)):
            assert stats.brunnermunzel(a - end - inwards, b).pvalue >= 0.05
            assert stats.brunnermunzel(a - end + inwards, b).pvalue < 0.05
        swapped = hodges_lehmann(b, a)
        assert (swapped.ci_low, swapped.ci_high) == pytest.approx((-found.ci_high, -found.ci_low))


def test_a_shift_of_scores_without_spread_has_no_interval():
    for value in (0.5, 1.0):
        found = hodges_lehmann(np.full(5, value), np.full(6, 0.5))
        assert found.estimate == value - 0.5
        assert np.isnan([found.ci_low, found.ci_high]).all()


@pytest.mark.parametrize("sizes", [(2, 2), (3, 3), (1, 30)])
def test_too_few_scores_for_any_rejection_have_no_interval_of_the_shift(sizes):
    a, b = np.arange(sizes[0]) + 100.0, np.arange(sizes[1]) * 1.5
    assert np.isnan(hodges_lehmann(a, b).ci_low)
    assert np.isnan(hodges_lehmann(np.round(a, -1), np.round(b, -1)).ci_low)


def test_a_shift_of_one_score_has_its_estimate():
    alone = hodges_lehmann(np.array([0.1]), np.array([0.1, 0.2, 0.2]))
    assert alone.estimate == pytest.approx(-0.1)
    assert np.isnan(alone.ci_low)


def test_three_equal_conditions_differ_nowhere():
    same = {name: np.full(6, 0.5) for name in "abc"}
    assert np.isnan(kruskal_wallis(same).pvalue)
    assert dunn(same)["z"].isna().all()


def test_an_empty_condition_has_no_pair():
    groups = {"a": np.array([0.1, 0.2]), "b": np.array([]), "c": np.array([0.3, 0.9])}
    table = dunn(groups).set_index(["condition_a", "condition_b"])
    assert table["p_value"].isna().to_dict() == {
        ("a", "b"): True, ("a", "c"): False, ("b", "c"): True,
    }  # fmt: skip
    # Holm's correction counts the test that was made.
    made = table.dropna()
    assert made["p_holm"].tolist() == made["p_value"].tolist()
    assert np.isnan(kruskal_wallis(groups).pvalue)


def test_dunn_finds_the_condition_that_differs():
    random = np.random.default_rng(2)
    groups = {name: random.normal(3.0 * (name == "c"), 1, 20) for name in "abc"}
    pairs = rows_by(dunn(groups), "condition_a", "condition_b")
    assert pairs["a", "b"]["p_holm"] > 0.05
    assert pairs["a", "c"]["p_holm"] < 0.001
    assert pairs["a", "c"]["z"] < 0
    assert kruskal_wallis(groups).epsilon_squared > 0.4
