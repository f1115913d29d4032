"""Values are counted by condition, and described by their order."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.statistics.answers.distributions import count_values, independence_p, spread

CONDITIONS = pd.Series(["pv", "pv", "pv", "none", "none"])


def test_shares_are_of_those_who_gave_something():
    found = count_values(CONDITIONS, pd.Series(["yes", None, "no", "yes", "yes"]), ["no", "yes"])
    assert found.to_dict("split")["data"] == [
        ["none", "no", 2, 2, 0, 0.0], ["none", "yes", 2, 2, 2, 1.0],
        ["pv", "no", 3, 2, 1, 0.5], ["pv", "yes", 3, 2, 1, 0.5],
    ]  # fmt: skip


def test_each_of_several_values_counts_and_unknown_ones_follow():
    given = pd.Series([["a", "b"], ["b"], ["z"], None, None])
    found = count_values(CONDITIONS, given, ["b", "a"])
    assert found["value"].tolist() == ["b", "a", "z"] * 2
    assert found["n"].tolist() == [0, 0, 0, 2, 1, 1]
    # Nobody without an explanation answered.
    assert found["share"].isna().tolist() == [True] * 3 + [False] * 3


def test_a_spread_has_the_quartiles_of_r():
    # R: quantile(c(1, 2, 2, 5)), mean, sd.
    found = spread(np.array([5.0, 2, np.nan, 1, 2]))
    assert found == {
        "n_participants": 5, "n_given": 4, "smallest": 1.0, "q1": 1.75, "median": 2.0, "q3": 2.75,
        "largest": 5.0, "mean": 2.5, "standard_deviation": pytest.approx(1.732050807568877),
    }  # fmt: skip


def test_a_spread_of_nothing_is_unknown():
    found = spread(np.array([np.nan]))
    assert (found["n_participants"], found["n_given"]) == (1, 0)
    assert np.isnan(found["median"])
    assert np.isnan(found["standard_deviation"])


def test_independence_agrees_with_the_exact_test_where_cells_are_few():
    conditions = pd.Series(["a"] * 6 + ["b"] * 6)
    given = pd.Series(["x"] * 6 + ["y"] * 4 + ["x"] * 2)
    exact = stats.fisher_exact(np.array([[6, 0], [2, 4]])).pvalue
    # Of 9,999 tables, four standard errors.
    assert independence_p(conditions, given) == pytest.approx(exact, abs=0.011)
    assert independence_p(conditions, given) == independence_p(conditions, given)


def test_one_value_cannot_differ():
    assert np.isnan(independence_p(CONDITIONS, pd.Series(["x"] * 5)))
