"""Whether the tests err as often as they say: the stored rates, and a small run."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from scipy.stats import binom, rankdata
from statsmodels.stats.proportion import proportion_confint

from analysis.calibration import paired_images
from analysis.calibration.calibrate import BANDS, OUTSIDE, calibrate
from analysis.calibration.interval_coverage import bootstrap_coverage, score_coverage
from analysis.calibration.paired_images import PairedWorld, paired_rates
from analysis.calibration.populations import Population, populations_of
from analysis.calibration.random_images import (
    ABILITY_CORRELATIONS,
    ALIKE,
    INTERACTION,
    ITEM_SD,
    LEVELS,
    PEOPLE,
    PERSON_SD,
    SDS,
    UNLIKE,
    World,
    ability_rates,
)
from analysis.calibration.share_coverage import CORRELATIONS, RATES, SIZES, share_coverage
from analysis.calibration.type_one_errors import type_one_errors
from analysis.statistics.ranks.exact_ranks import rank_sum_chances
from tests.analysis import recovery

RECOVERED = Path(__file__).resolve().parents[3] / "fixtures" / "reference" / "recovery.json"
STORED = Path(__file__).resolve().parents[3] / "fixtures" / "reference" / "calibration.json"
GUIDE = Path(__file__).resolve().parents[3] / "docs" / "analysis.md"


@pytest.fixture(scope="module")
def stored():
    return json.loads(STORED.read_text())


def outside(stored):
    """Name -> lowest and highest rate, for those that are not within their band everywhere."""
    found = {}
    for kind, (low, high) in BANDS.items():
        rates = pd.DataFrame(stored[kind]).groupby("name")["rate"].agg(["min", "max"])
        strayed = rates[(rates["min"] < low) | (rates["max"] > high)]
        found |= dict(zip(strayed.index, strayed.itertuples(index=False, name=None), strict=True))
    return found


def test_what_is_stored_outside_its_band_is_what_has_a_reason(stored):
    assert set(outside(stored)) == set(OUTSIDE)


def test_what_is_called_cautious_errs_on_no_other_side(stored):
    found = outside(stored)
    conservative = {name for name, reason in OUTSIDE.items() if reason.startswith("conservative")}
    assert len(conservative) >= 4
    for row in stored["type_one_errors"]:
        assert row["name"] not in conservative or row["rate"] <= 0.05, row
    for row in stored["coverages"]:
        # As far below 95 % as 8,000 simulations distinguish.
        assert row["name"] not in conservative or row["rate"] >= 0.944, row
    assert all(high <= 0.98 and low >= 0.90 for name, (low, high) in found.items()
               if name not in conservative)  # fmt: skip


def test_an_exact_test_with_ties_errs_in_at_most_five_percent():
    """Over every division of these twelve and twelve scores, and not by simulation."""
    scores = np.repeat([0.0, 1.0, 2.0, 3.0], [14, 6, 3, 1])
    doubled = np.rint(2 * rankdata(scores)).astype(int)
    chances = rank_sum_chances(doubled, 12)
    lower, upper = np.cumsum(chances), np.cumsum(chances[::-1])[::-1]
    found = 2 * np.minimum(lower, upper) <= 0.05
    assert 0 < chances[found].sum() <= 0.05


def test_wilson_swings_around_95_percent_as_the_guide_says():
    n, chances = 49, np.linspace(0.05, 0.95, 1801)
    low, high = proportion_confint(np.arange(n + 1), n, method="wilson")
    inside = (low[:, None] <= chances) & (chances <= high[:, None])
    held = (binom.pmf(np.arange(n + 1)[:, None], n, chances) * inside).sum(axis=0)
    assert held.mean() == pytest.approx(0.95, abs=0.003)
    said = f"between {100 * held.min():.1f} and {100 * held.max():.1f} %"
    assert said in " ".join(GUIDE.read_text().split())


@pytest.fixture
def coins():
    random = np.random.default_rng(1)
    return Population("coins", random.binomial(14, 0.4, 200), 14)


def test_a_small_run_finds_five_percent(coins):
    rates = type_one_errors([coins], simulations=60, seed=1).set_index("name")["rate"]
    for name in ("Mann-Whitney", "Welch", "Kruskal-Wallis", "permutation"):
        # Four standard errors of 60 simulations.
        assert rates[name] <= 0.05 + 0.113, name
    assert rates.max() > 0


def test_a_small_run_covers_the_truth(coins):
    better = Population("better", np.minimum(coins.n_correct + 1, 14), 14)
    table = score_coverage(coins, better, simulations=400, seed=1).set_index("name")
    for name in ("difference of means", "Cliff's delta", "mean of a"):
        assert table.loc[name, "rate"] == pytest.approx(0.95, abs=0.045), name
    assert bootstrap_coverage(60, seed=1)["rate"].min() >= 0.85


def test_the_seed_decides(coins):
    first, second = (score_coverage(coins, coins, 20, seed=4) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_populations_come_from_a_file_of_scores(published_file):
    wide = pd.read_csv(published_file)
    found = populations_of(wide)
    assert [population.name for population in found] == [
        "gradcam, model_wrong", "pv, model_wrong", "gradcam, model_right", "pv, model_right",
    ]  # fmt: skip
    assert found[0].scores.mean() == pytest.approx(0.0825, abs=1e-4)
    rates = calibrate(wide, 4, seed=1)
    shared = calibrate(wide, 4, seed=1, jobs=2)
    assert all(rates[kind].equals(shared[kind]) for kind in BANDS)
    assert len(rates["type_one_errors"]) == 4 * (14 + 2) + 1 + 4
    assert rates["shares"].equals(shared["shares"])
    assert len(rates["shares"]) == len(SIZES) * len(RATES) * len(CORRELATIONS)
    alone = calibrate(wide, 4, seed=1, only=["coverages"])
    assert list(alone) == ["coverages"]
    assert alone["coverages"].equals(rates["coverages"])
    assert len(rates["coverages"]) == 2 * 5 + 4 + 2 + 2 * 2 + 4 + 4 * 2 + 2 + 3 + 3


def test_the_guide_prints_the_stored_rates_and_why_some_are_outside(stored):
    lines = re.findall(
        r"^\| ([^|]+) \| (\d+\.\d to \d+\.\d) \|(?: ([^|]+))? \|$", GUIDE.read_text(), re.MULTILINE
    )
    rates = {}
    for row in (*stored["type_one_errors"], *stored["coverages"]):
        rates.setdefault(row["name"], []).append(100 * row["rate"])
    assert {name: printed for name, printed, _ in lines} == {
        name: f"{min(found):.1f} to {max(found):.1f}" for name, found in rates.items()
    }
    assert {name: why for name, _, why in lines if why} == OUTSIDE


def test_the_interval_of_a_mean_share_is_as_sure_as_the_guide_says(stored):
    shares = pd.DataFrame(stored["shares"])
    assert (shares["simulations"] >= 4_000).all()
    alike = shares["correlation"] <= 0.1
    assert shares.loc[alike, "coverage"].min() >= 0.93
    assert shares.loc[alike, "coverage"].between(0.94, 0.96).mean() >= 0.6
    # From three participants' worth of rarer answers on, whatever the correlation.
    enough = shares["n"] * shares["rate"] >= 3
    assert shares.loc[enough, "coverage"].between(0.935, 0.97).all()
    assert shares["coverage"].min() >= 0.87
    assert shares["student"].min() < 0.3
    printed = re.findall(r"^\| (\d+) \| (\d+) % \| (.+) \|$", GUIDE.read_text(), re.MULTILINE)
    rows = {}
    for n, rate, cells in printed:
        for correlation, cell in zip(CORRELATIONS, cells.split(" | "), strict=True):
            rows[int(n), int(rate), correlation] = cell
    assert rows == {
        (row["n"], round(100 * row["rate"]), row["correlation"]): (
            f"{100 * row['coverage']:.1f} ({100 * row['student']:.1f})"
        )
        for row in stored["shares"]
    }


def test_a_small_run_of_shares_covers_the_truth_better_than_student():
    table = share_coverage(10, simulations=150, seed=1)
    assert table["coverage"].min() >= 0.88
    assert table["student"].min() < 0.75


def test_the_planted_difference_was_inside_its_interval_as_often_as_it_should():
    found = json.loads(RECOVERED.read_text())
    assert found["studies"] == 200
    for stratum in ("model_wrong", "model_right"):
        assert 0.92 <= found["coverage"][f"difference, {stratum}"] <= 0.98


@pytest.mark.django_db
def test_a_study_goes_from_the_services_through_its_export_to_the_intervals():
    [held] = recovery.repeat(studies=1, participants=8, seed=900_002, pages=False)
    assert set(held) == set(json.loads(RECOVERED.read_text())["coverage"])
    assert all(isinstance(found, bool) for found in held.values())


def test_what_applies_to_images_like_these_errs_near_five_percent_and_means_do_not(stored):
    rows = {(row["name"], row["effect"], row["sd"]): row for row in stored["images"]}
    assert {row["simulations"] for row in rows.values()} == {400}
    for name in ("mixed model", "two-way bootstrap"):
        for sd in SDS:
            assert 0.03 <= rows[name, 0.0, sd]["rate"] <= 0.05
            assert 0.94 < rows[name, 0.8, sd]["coverage"] < 0.965
    assert rows["Mann-Whitney", 0.0, 0.8]["rate"] > 0.3
    lines = re.findall(r"^\| (0\.\d) \| ((?:[\d.]+ \| ){6}[\d.]+) \|$", GUIDE.read_text(), re.M)
    assert [float(sd) for sd, _ in lines] == list(SDS)
    names = ("Mann-Whitney", "mixed model", "two-way bootstrap")
    for text, cells in lines:
        sd = float(text)
        expected = [
            *(rows[name, 0.0, sd]["rate"] for name in names),
            *(rows[name, 0.8, sd]["coverage"] for name in names),
            rows["mixed model", 0.8, sd]["rate"],
        ]
        assert cells.split(" | ") == [f"{100 * rate:.1f}" for rate in expected]


def test_abilities_of_any_correlation_leave_the_mixed_models_errors_near_five_percent(stored):
    rows = {}
    for row in stored["abilities"]:
        error = math.sqrt(0.05 * 0.95 / row["simulations"])
        assert row["coverage"] > 0.95 - 3 * error
        if row["effect"] == 0 or row["contrast"] == "interaction":
            assert row["rate"] < 0.05 + 3 * error
        place = (row["sd_wrong"], row["sd_right"], row["correlation"], row["effect"])
        rows.setdefault((*place, row["simulations"]), []).append(row)
    assert {place[:3] for place in rows} == {
        (*sds, correlation) for sds in (ALIKE, UNLIKE) for correlation in ABILITY_CORRELATIONS
    }
    printed = re.findall(r"^\| (0\.\d), (\d\.?\d?) \| (.+) \|$", GUIDE.read_text(), re.MULTILINE)
    assert [f"{a}, {b} | {rest}" for a, b, rest in printed] == [
        " | ".join(
            [
                f"{a:g}, {b:g}", f"{correlation:g}", f"{effect:g}", str(n),
                *(f"{100 * row[name]:.1f}" for name in ("rate", "coverage") for row in own),
            ]
        )
        for (a, b, correlation, effect, n), own in rows.items()
    ]  # fmt: skip


def test_the_bootstrap_within_participants_errs_in_at_most_six_percent_whatever_images_do(stored):
    rows = {}
    for row in stored["pairs"]:
        error = math.sqrt(0.05 * 0.95 / row["simulations"])
        assert row["simulations"] >= 1_000
        assert row["coverage"] > 0.95 - 3 * error
        if row["effect"] == 0:
            assert row["rate"] < 0.05 + 3 * error
        rows[row["is_twice"], row["sd"], row["effect"], row["contrast"]] = row
    assert rows[False, 0.8, 0.0, "model_wrong"]["participants_rate"] > 0.2
    printed = re.findall(
        r"^\| (once|twice) \| (0\.\d) \| (.+) \|$", GUIDE.read_text(), re.MULTILINE
    )
    assert len(printed) == 2 * len(paired_images.SDS)
    for seen, sd, cells in printed:
        none, some = (
            [
                rows[seen == "twice", float(sd), effect, name]
                for name in ("model_wrong", INTERACTION)
            ]
            for effect in (0.0, 0.8)
        )
        expected = [
            none[0]["participants_rate"], *(row["rate"] for row in none),
            some[0]["participants_coverage"], *(row["coverage"] for row in some),
            *(row["rate"] for row in some),
        ]  # fmt: skip
        assert cells.split(" | ") == [f"{100 * rate:.1f}" for rate in expected]


def test_participants_within_see_each_image_in_one_condition_or_in_both():
    for is_twice in (False, True):
        answers = PairedWorld(0.4, is_twice=is_twice).study(np.random.default_rng(1))
        assert [a.shape for a, _ in answers.values()] == [(PEOPLE, 14), (PEOPLE, 16)]
        for a, b in answers.values():
            seen = np.isfinite(a).astype(int) + np.isfinite(b)
            assert (seen == 1 + is_twice).all()
            # Half of the participants see an image in each condition.
            assert abs(np.isfinite(a).sum(axis=0) - np.isfinite(b).sum(axis=0)).max() <= 1


def test_the_true_difference_within_is_the_mean_over_people_and_images():
    random = np.random.default_rng(1)
    world = PairedWorld(sd=0.8, effect=0.8, is_twice=True)
    studies = [world.study(random) for _ in range(300)]
    for stratum in ("model_wrong", "model_right"):
        means = [a.mean() - b.mean() for a, b in (each[stratum] for each in studies)]
        error = np.std(means) / np.sqrt(len(means))
        assert abs(np.mean(means) - world.truth(stratum)) < 4 * error


def test_a_few_studies_within_give_a_rate_for_each_contrast_and_the_seed_decides():
    first, second = (paired_rates(PairedWorld(0.4), 2, seed=1) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
    assert first["contrast"].tolist() == ["model_wrong", "interaction"]
    assert set(first["rate"]) | set(first["coverage"]) <= {0.0, 0.5, 1.0}


def test_abilities_are_drawn_with_their_correlation_and_spreads():
    random = np.random.default_rng(2)
    world = World(sd=0.4, correlation=-0.6, person_sds=(0.4, 1.0))
    drawn = [world.abilities(random) for _ in range(40)]
    wrong, right = (np.concatenate([each[place].ravel() for each in drawn]) for place in (0, 1))
    assert np.corrcoef(wrong, right)[0, 1] == pytest.approx(-0.6, abs=0.05)
    assert (wrong.std(), right.std()) == pytest.approx((0.4, 1.0), rel=0.05)


def test_a_few_studies_of_abilities_give_a_rate_for_each_contrast():
    found = ability_rates(World(0.4, correlation=-0.6, person_sds=(0.6, 0.6)), 2, seed=1)
    assert found["contrast"].tolist() == ["model_wrong", "model_right", "interaction"]
    assert set(found["rate"]) <= {0.0, 0.5, 1.0}
    assert (found["simulations"] == 2).all()


def test_the_true_difference_is_the_mean_over_people_and_images():
    random = np.random.default_rng(1)
    world = World(sd=0.5, effect=0.8)
    drawn = random.normal(0, np.sqrt(PERSON_SD**2 + ITEM_SD**2 + 0.5**2), 400_000)
    a, b = (expit(LEVELS["model_wrong"] + added + drawn).mean() for added in (0, 0.8))
    assert world.truth("model_wrong") == pytest.approx(a - b, abs=0.002)


def test_a_study_of_drawn_images_is_complete_and_decided_by_its_seed():
    trials = World(sd=0.5).study(np.random.default_rng(3))
    assert len(trials) == 2 * PEOPLE * 30
    assert trials.groupby(["condition", "stratum"])["item"].nunique().tolist() == [16, 14] * 2
    pd.testing.assert_frame_equal(trials, World(sd=0.5).study(np.random.default_rng(3)))
