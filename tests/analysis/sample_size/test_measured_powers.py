"""The powers that the guide prints are those stored, and say what the guide concludes from them."""

import json
import re
from pathlib import Path

import pytest

from analysis.sample_size.power import PowerQuestion, plan_sample
from analysis.sample_size.random_images import RandomImages
from analysis.sample_size.score_models import BetaBinomialScores

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs" / "analysis.md").read_text(encoding="utf-8")
SDS = ("0", "0.5", "0.8")


@pytest.fixture(scope="module")
def stored():
    return json.loads((ROOT / "fixtures" / "reference" / "power.json").read_text())


def rows_of(curves):
    """By analysis, number of images and size: the row, with the curve's ceiling and simulations."""
    return {
        (curve["analysis"], curve["n_items"], row["n_per_condition"]): {**curve, **row}
        for curve in curves
        for row in curve["curve"]
    }


def percent(value):
    return f"{100 * value:.1f}"


def with_interval(row):
    return f"{percent(row['power'])} ({percent(row['ci_low'])} to {percent(row['ci_high'])})"


def test_the_guide_prints_the_stored_powers(stored):
    lines = re.findall(r"^\| (0\.\d) \| (.* to .*) \|$", GUIDE, re.MULTILINE)
    expected = []
    for sd in SDS:
        some, none = (rows_of(stored[f"{kind}_{sd}"]) for kind in ("difference", "none"))
        model = some["mixed_model", 14, 49]
        cells = [
            with_interval(some["mann_whitney", 14, 49]), with_interval(model),
            percent(model["ceiling"]),
            with_interval(none["mann_whitney", 14, 49]),
            with_interval(none["mixed_model", 14, 49]),
        ]  # fmt: skip
        expected.append((f"{float(sd):.1f}", " | ".join(cells)))
    assert lines == expected


def test_the_guide_prints_participants_against_images(stored):
    found = {**rows_of(stored["people"]), **rows_of(stored["images"])}
    lines = re.findall(r"^\| (\d+) \| (\d+) \| (.* to .*) \|$", GUIDE, re.MULTILINE)
    assert [(int(n), int(items)) for n, items, _ in lines] == [
        (25, 14), (100, 14), (200, 14), (49, 28), (49, 56)
    ]  # fmt: skip
    for n, items, cells in lines:
        row = found["mixed_model", int(items), int(n)]
        assert row["simulations"] == 100
        assert cells == f"{with_interval(row)} | {percent(row['ceiling'])}"
        assert row["ci_low"] <= row["ceiling"]


def test_the_mixed_model_errs_near_its_level_and_the_rank_test_the_more_the_images_differ(stored):
    nothing = [rows_of(stored[f"none_{sd}"]) for sd in SDS]
    errors = [rows["mann_whitney", 14, 49] for rows in nothing]
    assert errors[0]["ci_low"] < 0.05 < errors[0]["ci_high"]
    assert 0.1 < errors[1]["power"] < errors[2]["power"]
    assert all(rows["mixed_model", 14, 49]["ci_low"] < 0.05 for rows in nothing)


def test_the_stored_ceilings_follow_from_the_assumptions(stored):
    low, high = BetaBinomialScores(0.30, 0.17, 14), BetaBinomialScores(0.40, 0.18, 14)
    for sd in SDS:
        images = RandomImages(14, float(sd), n_other_items=16)
        question = PowerQuestion(low, high, tests=1, analysis="mixed_model", images=images)
        stored_row = rows_of(stored[f"difference_{sd}"])["mixed_model", 14, 49]
        plan = plan_sample(question, [3], simulations=1)
        assert plan.ceiling == pytest.approx(stored_row["ceiling"])
