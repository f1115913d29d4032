"""Agreement with R: fixtures/reference/reference.R computed every expected number here."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.statistics.alternatives import Alternative
from analysis.statistics.answers.items import item_table
from analysis.statistics.answers.reliability import jackknife_interval, krippendorff_alpha
from analysis.statistics.answers.response_times import time_table
from analysis.statistics.attrition import differential_attrition, kaplan_meier, rothman_interval
from analysis.statistics.means.gee import condition_effect
from analysis.statistics.means.mean_tests import against_chance, equivalence, welch
from analysis.statistics.means.permutation import permutation_test
from analysis.statistics.multiplicity import benjamini_hochberg, holm
from analysis.statistics.progress.learning import learning_slopes
from analysis.statistics.ranks.effect_sizes import cliffs_delta
from analysis.statistics.ranks.mann_whitney import mann_whitney
from analysis.statistics.ranks.shifts import hodges_lehmann
from analysis.statistics.several_conditions import dunn, kruskal_wallis

FOLDER = Path(__file__).resolve().parents[3] / "fixtures" / "reference"
R = json.loads((FOLDER / "reference.json").read_text())
SAMPLES: dict[str, Any] = {
    name: {group: np.array(values, dtype=float) for group, values in case.items()}
    for name, case in json.loads((FOLDER / "samples.json").read_text()).items()
}
SIDES: dict[str, Alternative] = {
    "two.sided": "two-sided",
    "less": "less",
    "greater": "greater",
}


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
    assert mann_whitney(a, b, side).statistic == row["W"]
    if row["p_plain"] is None:
        # All scores equal: R gives no p, where ours is 1, since every arrangement gives this U.
        assert np.isnan(mann_whitney(a, b, side).z)
        assert mann_whitney(a, b, side).pvalue == 1
        return
    assert mann_whitney(a, b, side).pvalue == near(row["p_auto"])
    plain = mann_whitney(a, b, side, "asymptotic", continuity=False)
    assert plain.pvalue == near(row["p_plain"])
    assert mann_whitney(a, b, side, "asymptotic").pvalue == near(row["p_corrected"])
    # coin::wilcox_test
    assert plain.z == near(row["z_coin"])


@pytest.mark.parametrize(
    "row", [row for row in R["rank_tests"] if row["side"] != "two.sided"], ids=name_of
)
def test_the_exact_test_with_ties_agrees_with_r(row):
    # exactRankTests::wilcox.exact. Its two-sided p is another one: it adds up the arrangements that
    # lie as far from the middle, where ours doubles the smaller tail as wilcox.test does.
    a, b = SAMPLES[row["case"]].values()
    assert mann_whitney(a, b, SIDES[row["side"]], "exact").pvalue == near(row["p_exact"])


@pytest.mark.parametrize(
    "row", [row for row in R["rank_tests"] if row["p_mid"] is not None], ids=name_of
)
def test_mid_p_agrees_with_r(row):
    # coin::midpvalue of wilcox_test(distribution = "exact"), one-sided for the reason above
    a, b = SAMPLES[row["case"]].values()
    assert mann_whitney(a, b, SIDES[row["side"]], "mid-p").pvalue == near(row["p_mid"])


def test_r_refuses_a_condition_without_anybody_and_ours_gives_nan():
    assert R["empty"]["wilcox"] == "not enough (non-missing) 'x' observations"
    assert R["empty"]["t"] == "not enough 'x' observations"
    nobody, some = np.array([]), np.array([0.1, 0.2])
    assert np.isnan(mann_whitney(nobody, some).pvalue)
    assert np.isnan(welch(nobody, some).pvalue)


@pytest.mark.parametrize("case", R["shifts"])
def test_the_shift_and_its_exact_interval_agree_with_r(case):
    # wilcox.test(a, b, conf.int = TRUE)
    found = hodges_lehmann(**SAMPLES[case])
    expected = R["shifts"][case]
    assert found.estimate == near(expected["estimate"])
    if len(SAMPLES[case]["a"]) == len(SAMPLES[case]["b"]) == 2:
        # R gives the range of the differences and warns that it holds less than 95 %.
        assert np.isnan([found.ci_low, found.ci_high]).all()
        return
    assert (found.ci_low, found.ci_high) == (near(expected["low"]), near(expected["high"]))


@pytest.mark.parametrize("case", R["medians"])
def test_the_shift_is_the_median_difference(case):
    # median(outer(a, b, "-"))
    found = hodges_lehmann(**SAMPLES[case]).estimate
    assert found == pytest.approx(R["medians"][case], rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("row", R["means"], ids=name_of)
def test_welch_and_equivalence_agree_with_r(row):
    # t.test(a, b, alternative = side), and with mu = -0.1 and 0.1
    a, b = SAMPLES[row["case"]].values()
    found = welch(a, b, SIDES[row["side"]])
    assert (found.statistic, found.df) == (near(row["t"]), near(row["df"]))
    assert found.pvalue == near(row["p"])
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
    assert (found.statistic, found.pvalue) == (near(row["t"]), near(row["p"]))
    assert found.difference.ci_low + 0.25 == near(row["low"])
    assert found.difference.ci_high + 0.25 == near(row["high"])


@pytest.mark.parametrize("case", R["deltas"])
def test_cliffs_delta_agrees_with_r(case):
    # effectsize::rank_biserial, and Cliff's interval from his definition by outer()
    expected = R["deltas"][case]
    found = cliffs_delta(**SAMPLES[case]).delta
    tiny = pytest.approx(expected["delta"], rel=1e-9, abs=1e-12)
    assert found.estimate == tiny
    assert expected["biserial"] == tiny
    assert (found.ci_low, found.ci_high) == (near(expected["low"]), near(expected["high"]))
    # effectsize::p_superiority(parametric = FALSE)
    language = cliffs_delta(**SAMPLES[case]).common_language.estimate
    assert language == near(expected["language"])


@pytest.mark.parametrize("case", R["several"])
def test_kruskal_wallis_and_dunn_agree_with_r(case):
    # kruskal.test, rstatix::dunn_test(p.adjust.method = "holm")
    expected = R["several"][case]
    groups = {name: values_of(values) for name, values in expected["groups"].items()}
    found = kruskal_wallis(groups)
    if expected["h"] is None:
        # All scores equal: R gives NaN, and Dunn's test of rstatix stops.
        assert np.isnan([found.statistic, found.pvalue]).all()
        assert dunn(groups)["p_value"].isna().all()
        return
    assert (found.statistic, found.pvalue) == (near(expected["h"]), near(expected["p"]))
    assert found.epsilon_squared == near(expected["epsilon_squared"])
    pairs = dunn(groups).set_index(["condition_a", "condition_b"])
    for row in expected["dunn"]:
        pair = pairs.loc[(row["a"], row["b"])]
        # Two groups of the same mean rank differ by rounding alone.
        assert pair["z"] == pytest.approx(row["z"], rel=1e-9, abs=1e-12)
        assert pair["p_value"] == near(row["p"])
        assert pair["p_holm"] == near(row["holm"])


def values_of(values):
    """Numbers of R, whose NA is null."""
    return np.array(values, dtype=float)


@pytest.mark.parametrize("family", R["corrections"])
def test_corrections_agree_with_r(family):
    # p.adjust(p, "holm") and p.adjust(p, "BH")
    expected = {name: values_of(values) for name, values in R["corrections"][family].items()}
    for name, correct in (("holm", holm), ("bh", benjamini_hochberg)):
        np.testing.assert_allclose(correct(expected["p"]), expected[name], rtol=1e-9)


def leavers(case):
    people = pd.DataFrame(R["attrition"][case]["people"])
    return pd.DataFrame(
        {
            "condition": people["g"],
            # Someone who left at trial k had given k - 1 answers.
            "n_answered": people["time"] - people["left"],
            "finished_at": people["left"].map({0: "2026-01-01", 1: ""}),
            "status": people["left"].map({0: "finished", 1: "in_trials"}),
        }
    )


@pytest.mark.parametrize("case", R["attrition"])
def test_attrition_agrees_with_r(case):
    # survival::survdiff, coin::independence_test, and fisher.test where less than one is expected
    found, expected = differential_attrition(leavers(case)), R["attrition"][case]
    assert found.log_rank_chi2 == near(expected["chi2"])
    assert found.p_log_rank == near(expected["p"])
    if expected["expected"] < 1:
        assert found.p_finished == near(expected["fisher"])
    else:
        assert found.chi2_finished == near(expected["chi2_finished"])
        assert found.p_finished == near(expected["p_finished"])


@pytest.mark.parametrize("case", R["attrition"])
def test_the_retention_curve_agrees_with_r(case):
    # survival::survfit, whose summary lists the times at which somebody left; Rothman's interval
    expected = R["attrition"][case]
    curve = kaplan_meier(leavers(case)).query("condition == 'pv'").drop_duplicates("trial")
    found = curve.set_index("trial").loc[expected["times"]]
    assert found["share"].to_numpy() == near(expected["share"])
    # Where everybody has left, R gives no error.
    inside = found["share"].gt(1e-12).to_numpy()
    columns = (("standard_error", "error"), ("ci_low", "low"), ("ci_high", "high"))
    for name, end in columns:
        assert found[name].to_numpy()[inside] == near(values_of(expected[end])[inside])


@pytest.mark.parametrize("row", R["wilson"], ids=lambda row: f"{row['x']}-of-{row['n']}")
def test_shares_of_an_image_agree_with_r(row):
    # prop.test(x, n, correct = FALSE)
    trials = pd.DataFrame({"correct": [1.0] * row["x"] + [0.0] * (row["n"] - row["x"])})
    same = {"stratum": "model_wrong", "item": "a", "prediction": "boat", "true_labels": "fish"}
    table = item_table(trials.assign(**same, condition="pv", chose_truth=0.0, cant_tell=0.0))
    ends = table["ci_low"].item(), table["ci_high"].item()
    # Of none and of all an end is 0 or 1 but for its last bits.
    assert ends == (
        pytest.approx(row["low"], rel=1e-9, abs=1e-15),
        pytest.approx(row["high"], rel=1e-9),
    )
    # The same, as Rothman's interval of a curve without anybody who is still on the way.
    share = np.array([row["x"] / row["n"]])
    error = np.sqrt(share * (1 - share) / row["n"])
    low, high = rothman_interval(share, error, row["n"])
    assert low.item() == pytest.approx(row["low"], rel=1e-9, abs=1e-15)
    assert high.item() == pytest.approx(row["high"], rel=1e-9)


@pytest.mark.parametrize("case", R["gee"])
def test_the_gee_agrees_with_r(case):
    # geepack::geeglm(corstr = "independence"); clubSandwich::coef_test(vcov = "CR2"); the
    # score test from its matrices
    expected = R["gee"][case]
    rows = pd.DataFrame(expected["trials"])
    trials = pd.DataFrame(
        {
            "participant_id": rows["person"].astype(str),
            "condition": rows["is_a"].map({1: "a", 0: "b"}),
            "correct": rows["correct"].astype(float),
        }
    )
    found = condition_effect(trials, "a", "b")
    # R iterates to a tolerance of its own.
    assert np.log(found.odds_ratio.estimate) == pytest.approx(expected["estimate"], rel=1e-7)
    assert found.standard_error == pytest.approx(expected["error"], rel=1e-7)
    assert found.df == pytest.approx(expected["df"], rel=1e-7)
    assert (found.statistic, found.pvalue) == (near(expected["score"]), near(expected["p"]))


@pytest.mark.parametrize("case", R["alphas"])
def test_krippendorffs_alpha_agrees_with_r(case):
    # his coincidence matrix, and the jackknife of Fisher's z, written out in R
    expected = R["alphas"][case]
    counts = values_of(expected["counts"])
    alpha = krippendorff_alpha(counts)
    assert alpha == pytest.approx(expected["alpha"], rel=1e-9, abs=1e-12)
    low, high = jackknife_interval(counts, alpha)
    assert (low, high) == (near(expected["low"]), near(expected["high"]))


def test_learning_and_times_agree_with_r():
    # lm of each person's answers on the trial, then t.test; median, then quantile(type = 7)
    rows = pd.DataFrame(R["pace"]["trials"])
    trials = pd.DataFrame(
        {
            "participant_id": rows["person"].astype(str),
            "condition": "pv",
            "stratum": "model_wrong",
            "trial_index": rows["trial"],
            "correct": rows["correct"].astype(float),
            "response_time_ms": rows["time"].astype(float),
            "hidden_time_ms": 0.0,
        }
    )
    slope = learning_slopes(trials).iloc[0]
    assert slope["mean"] == near(R["pace"]["slope"])
    assert (slope["ci_low"], slope["ci_high"]) == (near(R["pace"]["low"]), near(R["pace"]["high"]))
    times = time_table(trials.assign(correct=1.0)).iloc[0]
    assert [times[name] for name in ("q1_ms", "median_ms", "q3_ms")] == near(R["pace"]["quartiles"])


@pytest.mark.parametrize("row", R["arrangements"], ids=name_of)
def test_the_permutation_test_approaches_r(row):
    # coin::oneway_test(distribution = "exact"): every arrangement, of which ours draws many
    a, b = (np.round(values * 14 * 16 * 100) for values in SAMPLES[row["case"]].values())
    found = permutation_test(a, b, SIDES[row["side"]], resamples=50_000)
    noise = np.sqrt(row["p"] * (1 - row["p"]) / 50_000)
    assert found.pvalue == pytest.approx(row["p"], abs=4 * noise + 1e-4)


def test_the_references_cover_the_edges():
    pairs = list(SAMPLES.values())
    pooled = [np.concatenate(list(pair.values())) for pair in pairs]
    assert len(pairs) >= 28
    assert any(np.isnan(both).any() for both in pooled)
    assert any(np.nanmin(both) == np.nanmax(both) for both in pooled)
    assert any(len(both) <= 4 for both in pooled)
    assert sum(np.nanmax(pair["a"]) < np.nanmin(pair["b"]) for pair in pairs) >= 4
    assert sum(len(np.unique(both)) < len(both) for both in pooled) >= 10
