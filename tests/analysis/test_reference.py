"""Agreement with R: fixtures/reference/reference.R computed every expected number here."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.attrition import differential_attrition, kaplan_meier
from analysis.comparisons import mann_whitney
from analysis.effect_sizes import cliffs_delta
from analysis.gee import condition_effect
from analysis.mean_tests import against_chance, equivalence, welch
from analysis.multiplicity import benjamini_hochberg, holm
from analysis.several_conditions import dunn, kruskal_wallis
from analysis.shifts import hodges_lehmann

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "reference"
R = json.loads((FOLDER / "reference.json").read_text())
SAMPLES = {
    name: {group: np.array(values, dtype=float) for group, values in case.items()}
    for name, case in json.loads((FOLDER / "samples.json").read_text()).items()
}
SIDES = {"two.sided": "two-sided", "less": "less", "greater": "greater"}


def near(value):
    """To nine digits, the same definition on both sides."""
    return pytest.approx(value, rel=1e-9, abs=1e-300)


def name_of(row):
    return f"{row['case']}-{row['side']}"


@pytest.mark.parametrize("row", R["rank_tests"], ids=name_of)
def test_mann_whitney_agrees_with_r(row):
    a, b = SAMPLES[row["case"]].values()
    side = SIDES[row["side"]]
    # stats::wilcox.test in R, with and without correct = TRUE
    assert mann_whitney(a, b, side).u_statistic == row["W"]
    assert mann_whitney(a, b, side).p_value == near(row["p_auto"])
    plain = mann_whitney(a, b, side, "asymptotic", continuity=False)
    assert plain.p_value == near(row["p_plain"])
    assert mann_whitney(a, b, side, "asymptotic").p_value == near(row["p_corrected"])
    # coin::wilcox_test
    assert plain.z == near(row["z_coin"])


@pytest.mark.parametrize(
    "row", [row for row in R["rank_tests"] if row["side"] != "two.sided"], ids=name_of
)
def test_the_exact_test_with_ties_agrees_with_r(row):
    # exactRankTests::wilcox.exact. Its two-sided p is another one: it adds up the arrangements that
    # lie as far from the middle, where ours doubles the smaller tail as wilcox.test does.
    a, b = SAMPLES[row["case"]].values()
    assert mann_whitney(a, b, SIDES[row["side"]], "exact").p_value == near(row["p_exact"])


@pytest.mark.parametrize("case", R["shifts"])
def test_the_shift_and_its_exact_interval_agree_with_r(case):
    # wilcox.test(a, b, conf.int = TRUE)
    found = hodges_lehmann(*SAMPLES[case].values())
    expected = R["shifts"][case]
    assert found.estimate == near(expected["estimate"])
    assert (found.ci_low, found.ci_high) == (near(expected["low"]), near(expected["high"]))


@pytest.mark.parametrize("case", R["medians"])
def test_the_shift_is_the_median_difference(case):
    # median(outer(a, b, "-"))
    found = hodges_lehmann(*SAMPLES[case].values()).estimate
    assert found == pytest.approx(R["medians"][case], rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("row", R["means"], ids=name_of)
def test_welch_and_equivalence_agree_with_r(row):
    # t.test(a, b, alternative = side), and with mu = -0.1 and 0.1
    a, b = SAMPLES[row["case"]].values()
    found = welch(a, b, SIDES[row["side"]])
    assert (found.t, found.degrees_of_freedom) == (near(row["t"]), near(row["df"]))
    assert found.p_value == near(row["p"])
    assert (found.difference.ci_low, found.difference.ci_high) == (
        near(row["low"]),
        near(row["high"]),
    )
    both = equivalence(a, b, 0.1)
    assert (both.p_not_below, both.p_not_above) == (
        near(row["p_not_below"]),
        near(row["p_not_above"]),
    )


@pytest.mark.parametrize("row", R["chance"], ids=lambda row: f"{row['case']}-{row['group']}")
def test_the_test_against_chance_agrees_with_r(row):
    # t.test(x, mu = 0.25)
    found = against_chance(SAMPLES[row["case"]][row["group"]])
    assert (found.t, found.p_value) == (near(row["t"]), near(row["p"]))
    assert found.difference.ci_low + 0.25 == near(row["low"])
    assert found.difference.ci_high + 0.25 == near(row["high"])


@pytest.mark.parametrize("case", R["deltas"])
def test_cliffs_delta_agrees_with_r(case):
    # effectsize::rank_biserial, and Cliff's interval from his definition by outer()
    expected = R["deltas"][case]
    found = cliffs_delta(*SAMPLES[case].values()).delta
    tiny = pytest.approx(expected["delta"], rel=1e-9, abs=1e-12)
    assert found.estimate == tiny
    assert expected["biserial"] == tiny
    assert (found.ci_low, found.ci_high) == (near(expected["low"]), near(expected["high"]))


def test_kruskal_wallis_and_dunn_agree_with_r():
    # kruskal.test, rstatix::dunn_test(p.adjust.method = "holm")
    expected = R["several"]
    groups = {name: np.array(values) for name, values in expected["groups"].items()}
    found = kruskal_wallis(groups)
    assert (found.h, found.p_value) == (near(expected["h"]), near(expected["p"]))
    assert found.epsilon_squared == near(expected["epsilon_squared"])
    pairs = dunn(groups).set_index(["condition_a", "condition_b"])
    for row in expected["dunn"]:
        pair = pairs.loc[(row["a"], row["b"])]
        assert pair["z"] == near(row["z"])
        assert pair["p_value"] == near(row["p"])
        assert pair["p_holm"] == near(row["holm"])


def test_corrections_agree_with_r():
    # p.adjust(p, "holm") and p.adjust(p, "BH")
    p = np.array(R["corrections"]["p"])
    assert holm(p) == near(R["corrections"]["holm"])
    assert benjamini_hochberg(p) == near(R["corrections"]["bh"])


@pytest.fixture
def leavers():
    people = pd.DataFrame(R["attrition"]["people"])
    return pd.DataFrame(
        {
            "condition": people["g"],
            # Someone who left at trial k had given k - 1 answers.
            "n_answered": people["time"] - people["left"],
            "finished_at": people["left"].map({0: "2026-01-01", 1: ""}),
            "status": people["left"].map({0: "finished", 1: "in_trials"}),
        }
    )


def test_attrition_agrees_with_r(leavers):
    # survival::survdiff, fisher.test
    found = differential_attrition(leavers)
    assert found.log_rank_chi2 == near(R["attrition"]["chi2"])
    assert found.p_log_rank == near(R["attrition"]["p"])
    assert found.p_finished == near(R["attrition"]["fisher"])


def test_the_retention_curve_agrees_with_r(leavers):
    # survival::survfit. Its summary lists the times at which somebody left.
    curve = kaplan_meier(leavers).query("condition == 'pv'").drop_duplicates("trial")
    found = curve.set_index("trial").loc[R["attrition"]["times"]]
    assert found["share"].to_numpy() == near(R["attrition"]["share"])
    assert found["standard_error"].to_numpy() == near(R["attrition"]["error"])


def test_the_gee_agrees_with_r():
    # geepack::geeglm(corstr = "independence")
    rows = pd.DataFrame(R["gee"]["trials"])
    trials = pd.DataFrame(
        {
            "participant_id": rows["person"].astype(str),
            "condition": rows["is_a"].map({1: "a", 0: "b"}),
            "correct": rows["correct"].astype(float),
        }
    )
    found = condition_effect(trials, "a", "b")
    # Both iterate to their own tolerance.
    assert np.log(found.odds_ratio.estimate) == pytest.approx(R["gee"]["estimate"], rel=1e-7)
    assert found.z == pytest.approx(R["gee"]["estimate"] / R["gee"]["error"], rel=1e-7)
