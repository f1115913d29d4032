"""Comparisons within participants agree with R and with counting every way to give signs."""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.statistics.alternatives import Alternative
from analysis.statistics.means.paired import difference_of_differences, paired_difference
from analysis.statistics.progress.blocks import above_own_chance, block_scores, block_table, gains
from analysis.statistics.ranks.signed_ranks import EXACT_UP_TO, signed_ranks

FOLDER = Path(__file__).resolve().parents[4] / "fixtures" / "reference"
R = json.loads((FOLDER / "paired.json").read_text())
SIDES: dict[str, Alternative] = {"two.sided": "two-sided", "less": "less", "greater": "greater"}


def near(value):
    return pytest.approx(value, rel=1e-9, abs=1e-300)


def pair_of(row):
    case = R["samples"][row["case"]]
    return np.array(case["a"], float), np.array(case["b"], float)


@pytest.mark.parametrize("row", R["rows"], ids=lambda row: f"{row['case']}-{row['side']}")
def test_signed_ranks_agree_with_r(row):
    a, b = pair_of(row)
    found = signed_ranks(a, b, SIDES[row["side"]])
    assert found.statistic == row["W"]
    assert found.n - found.n_zero == row["n"]
    if row["n"] > EXACT_UP_TO:
        assert found.pvalue == near(row["p_corrected"])
        plain = signed_ranks(a, b, SIDES[row["side"]], continuity=False)
        assert plain.pvalue == near(row["p_plain"])
    elif row["p_exact"] is not None:
        assert found.method == "exact"
        assert found.pvalue == near(row["p_exact"])
    effect = found.rank_biserial
    assert effect.estimate == near(row["effect"])
    if abs(effect.estimate) < 1:
        assert (effect.ci_low, effect.ci_high) == (near(row["low"]), near(row["high"]))


SCORES = st.lists(st.integers(0, 5), min_size=1, max_size=9)


@given(st.data(), SCORES, st.sampled_from(list(SIDES.values())))
@settings(max_examples=60, deadline=None)
def test_exact_p_is_the_share_of_signs_that_are_as_far_out(data, first, side):
    n = len(first)
    second = data.draw(st.lists(st.integers(0, 5), min_size=n, max_size=n))
    a, b = np.array(first) / 5, np.array(second) / 5
    found = signed_ranks(a, b, side)
    d = np.round(a - b, 12)
    d = d[d != 0]
    ranks = stats.rankdata(np.abs(d))
    w = ranks[d > 0].sum()
    sums = np.array([np.dot(signs, ranks) for signs in product((0, 1), repeat=len(d))])
    below, above = np.mean(sums <= w + 1e-9), np.mean(sums >= w - 1e-9)
    tails = {"less": below, "greater": above, "two-sided": min(1, 2 * min(below, above))}
    assert found.pvalue == pytest.approx(tails[side])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=70))
@settings(max_examples=60, deadline=None)
def test_exchanging_the_conditions_turns_the_result_around(pairs):
    a, b = (np.array(side, float) for side in zip(*pairs, strict=True))
    one, other = signed_ranks(a, b, "less"), signed_ranks(b, a, "greater")
    assert one.pvalue == pytest.approx(other.pvalue)
    if one.n > one.n_zero:
        assert one.rank_biserial.estimate == pytest.approx(-other.rank_biserial.estimate)


def test_without_any_difference_p_is_1_and_there_is_no_effect():
    found = signed_ranks(np.array([0.5, 0.7]), np.array([0.5, 0.7]))
    assert (found.pvalue, found.method) == (1.0, "no difference")
    assert np.isnan(found.rank_biserial.estimate)
    assert np.isnan(signed_ranks(np.array([]), np.array([])).pvalue)


def test_scores_that_are_not_paired_are_refused():
    with pytest.raises(ValueError, match="must be paired, but have 2 and 1"):
        signed_ranks(np.array([1.0, 2]), np.array([1.0]))


def test_the_interval_of_a_paired_difference_is_nearly_students_for_many():
    random = np.random.default_rng(4)
    a, b = random.normal(0.3, 1, 200), random.normal(0, 1, 200)
    found = paired_difference(a, b)
    expected = stats.ttest_rel(a, b).confidence_interval()
    assert found.estimate == pytest.approx(np.mean(a - b))
    assert (found.ci_low, found.ci_high) == pytest.approx((expected.low, expected.high), abs=0.015)
    assert np.isnan(paired_difference(np.array([1.0]), np.array([0.5])).ci_low)


def test_the_difference_of_differences_is_that_of_the_means():
    random = np.random.default_rng(5)
    first, second = random.normal(0.4, 1, 150), random.normal(0.1, 1, 120)
    found = difference_of_differences(first, second)
    expected = stats.ttest_ind(first, second, equal_var=False).confidence_interval()
    assert found.estimate == pytest.approx(first.mean() - second.mean())
    assert (found.ci_low, found.ci_high) == pytest.approx((expected.low, expected.high), abs=0.02)
    assert np.isnan(difference_of_differences(np.array([]), second).estimate)


def trials_of(answers):
    rows = [
        {"participant_id": person, "block": block, "correct": correct, "options_shown": options}
        for person, block, correct, options in answers
    ]
    return pd.DataFrame(rows)


FIVE = "a;b;c;d;cant_tell"
ANSWERS = [
    ("p1", "pre", 1.0, FIVE), ("p1", "pre", 0.0, FIVE), ("p1", "post", 1.0, FIVE),
    ("p2", "pre", 0.0, FIVE), ("p2", "pre", 0.0, FIVE), ("p2", "post", np.nan, FIVE),
]  # fmt: skip


def test_blocks_have_accuracies_by_participant_and_gains_between_them():
    scores = block_scores(trials_of(ANSWERS), ["pre", "post"])
    assert scores["pre"].to_dict() == {"p1": 0.5, "p2": 0.0}
    assert scores["post"]["p1"] == 1.0
    assert scores["post"].isna().to_dict() == {"p1": False, "p2": True}
    found = gains(scores, "pre", "post")
    assert found[0] == 0.5
    assert np.isnan(found[1])
    table = block_table(scores, pd.Series({"p1": "pv", "p2": "pv"}))
    assert table[["block", "n_participants", "mean"]].to_numpy().tolist() == [
        ["pre", 2, 0.25], ["post", 1, 1.0]
    ]  # fmt: skip


def test_chance_is_that_of_the_options_that_each_trial_offered():
    two = [(f"p{n}", "pre", float(n % 2), "a;b") for n in range(8)]
    four = [(f"p{n}", "pre", float(n % 4 == 0), FIVE) for n in range(8)]
    assert above_own_chance(trials_of(two)).difference.estimate == 0
    assert above_own_chance(trials_of(four)).difference.estimate == 0
    assert above_own_chance(trials_of(two + four)).difference.estimate == 0
