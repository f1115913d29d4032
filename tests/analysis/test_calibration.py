"""Whether the tests err as often as they say: the stored rates, and a small run."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.calibration import calibrate
from analysis.interval_coverage import bootstrap_coverage, score_coverage
from analysis.populations import Population, populations_of
from analysis.type_one_errors import type_one_errors
from tests.analysis import recovery

RECOVERED = Path(__file__).resolve().parents[2] / "fixtures" / "reference" / "recovery.json"
STORED = Path(__file__).resolve().parents[2] / "fixtures" / "reference" / "calibration.json"
# Below 5 % where few arrangements, or few participants, are possible, as the guide says.
CONSERVATIVE = {"Mann-Whitney, exact with ties, n = 12", "GEE, n = 12"}
# Outside 94 to 96 % for reasons that the guide gives, and how far.
WIDE = {"Hodges-Lehmann shift": 1.0}
NARROW = {"Krippendorff's alpha": 0.91, "share of an image (Wilson)": 0.935}


@pytest.fixture(scope="module")
def stored():
    return json.loads(STORED.read_text())


def rows(stored, kind):
    return [(row["name"], row["rate"], row["simulations"]) for row in stored[kind]]


def test_the_stored_type_one_errors_are_within_four_and_six_percent(stored):
    for name, rate, n in rows(stored, "type_one_errors"):
        noise = 2.6 * np.sqrt(0.05 * 0.95 / n)
        if name in CONSERVATIVE:
            assert rate <= 0.05 + noise, name
        else:
            assert 0.04 - noise <= rate <= 0.06 + noise, name


def test_the_stored_coverages_are_within_94_and_96_percent_or_where_the_guide_says(stored):
    for name, rate, n in rows(stored, "coverages"):
        noise = 2.6 * np.sqrt(0.95 * 0.05 / n)
        assert rate >= NARROW.get(name, 0.94 - noise), name
        assert rate <= WIDE.get(name, 0.96 + noise), name


def test_most_intervals_need_no_exception(stored):
    inside = {name: [] for name, _, _ in rows(stored, "coverages")}
    for name, rate, _ in rows(stored, "coverages"):
        inside[name].append(0.94 <= rate <= 0.96)
    assert sum(all(found) for found in inside.values()) >= 9


@pytest.fixture
def coins():
    random = np.random.default_rng(1)
    return Population("coins", random.binomial(14, 0.4, 200), 14)


def test_a_small_run_finds_five_percent(coins):
    table = type_one_errors([coins], simulations=60, seed=1).set_index("name")
    for name in ("Mann-Whitney", "Welch", "Kruskal-Wallis", "permutation"):
        # Four standard errors of 60 simulations.
        assert table.loc[name, "rate"] <= 0.05 + 0.113, name
    assert table["rate"].max() > 0


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
    assert len(rates["type_one_errors"]) == 4 * (14 + 2) + 1 + 4
    assert len(rates["coverages"]) == 2 * 5 + 1 + 2 + 4 + 4 + 2 + 3 + 3


def test_the_guide_prints_the_stored_rates(stored):
    guide = (Path(__file__).resolve().parents[2] / "docs" / "analysis.md").read_text()
    printed = dict(re.findall(r"^\| ([^|]+) \| (\d+\.\d to \d+\.\d) \|$", guide, re.MULTILINE))
    rates = {}
    for row in (*stored["type_one_errors"], *stored["coverages"]):
        rates.setdefault(row["name"], []).append(100 * row["rate"])
    assert printed == {
        name: f"{min(found):.1f} to {max(found):.1f}" for name, found in rates.items()
    }


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
