"""The interval of a mean share: inside 0 and 1, never of width 0, and as sure as it says."""

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from analysis.statistics.choices.shares import share_interval, share_with_interval
from analysis.statistics.descriptives import accuracy_table, mean_with_interval


def ends(values):
    found = share_with_interval(np.asarray(values, dtype=float))
    return found["ci_low"], found["ci_high"]


def test_two_participants_far_apart_stay_between_none_and_all():
    low, high = ends([1.0, 0.5])
    assert 0 < low < 0.75 < high < 1


@pytest.mark.parametrize("n", [2, 4, 20])
def test_where_all_miss_each_participant_counts_as_one_answer(n):
    assert ends([0.0] * n) == pytest.approx(proportion_confint(0, n, method="wilson"), abs=1e-15)
    assert ends([1.0] * n) == pytest.approx(proportion_confint(n, n, method="wilson"))


def test_equal_scores_that_are_not_all_or_none_have_an_interval_of_some_width():
    low, high = ends([0.1, 0.1, 0.1])
    assert low < 0.1 < high
    assert high - low > 0.1


def test_one_answer_each_is_nearly_wilson_with_students_quantile():
    answers = np.repeat([0.0, 1.0], [40, 60])
    assert ends(answers) == pytest.approx(proportion_confint(60, 100, method="wilson"), abs=2e-3)


def test_many_scores_in_the_middle_are_as_sure_as_student_says():
    values = np.random.default_rng(1).binomial(14, 0.5, 400) / 14
    student = mean_with_interval(values)
    assert ends(values) == pytest.approx((student["ci_low"], student["ci_high"]), abs=5e-4)


def test_an_interval_of_wrong_answers_mirrors_that_of_right_ones():
    values = np.array([0.0, 0.1, 0.1, 0.4, 0.0])
    low, high = ends(values)
    assert ends(1 - values) == pytest.approx((1 - high, 1 - low))


def test_one_participant_has_no_interval():
    assert np.isnan(share_interval(0.5, float("nan"), 1)).all()


def test_ten_participants_at_95_percent_are_held_in_about_95_percent():
    """Sixteen images, independent answers; Student's interval holds it in 88 % of studies."""
    random = np.random.default_rng(1)
    studies = random.binomial(16, 0.95, (4_000, 10)) / 16
    intervals = np.array([ends(scores) for scores in studies])
    held = ((intervals[:, 0] <= 0.95) & (intervals[:, 1] >= 0.95)).mean()
    assert 0.94 <= held <= 0.99
    assert (intervals >= 0).all()
    assert (intervals <= 1).all()


def test_every_published_mean_is_inside_its_interval(published):
    table = accuracy_table(published)
    assert (table["ci_low"] < table["mean"]).all()
    assert (table["mean"] < table["ci_high"]).all()


def test_a_mean_of_slopes_that_are_all_zero_has_no_interval():
    found = mean_with_interval(np.zeros(8))
    assert (found["mean"], found["standard_error"]) == (0, 0)
    assert np.isnan([found["ci_low"], found["ci_high"]]).all()
