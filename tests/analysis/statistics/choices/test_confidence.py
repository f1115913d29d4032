"""Confidence: means, calibration, and the area under the curve.

Areas agree with R: fixtures/reference/detection.R.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from django.conf import settings

from analysis.statistics.choices.confidence import (
    calibration_table,
    confidence_auc,
    confidence_table,
    discrimination_table,
)
from analysis.statistics.choices.shares import share_with_interval

R = json.loads((Path(settings.BASE_DIR) / "fixtures/reference/detection.json").read_text())


def one_person(correct, confidence):
    frame = pd.DataFrame({"correct": correct, "confidence": confidence})
    return frame.assign(condition="pv", participant_id="a")


@pytest.fixture
def trials():
    rows = [
        ("a", 1, 5), ("a", 1, 4), ("a", 0, 1), ("a", 0, 2),
        ("b", 1, 3), ("b", 0, 3), ("b", 0, np.nan), ("b", np.nan, np.nan),
        ("c", 1, 4), ("c", 1, 2),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["participant_id", "correct", "confidence"])
    return frame.assign(condition="pv")


def test_means_are_over_participants_and_not_over_answers(trials):
    found = confidence_table(trials).set_index("correct")
    # a: 4.5, b: 3, c: 3
    assert found.loc[1, "mean"] == pytest.approx(3.5)
    assert found.loc[1, "n_participants"] == 3
    assert found.loc[0, "mean"] == pytest.approx((1.5 + 3) / 2)


def test_calibration_counts_rated_answers(trials):
    found = calibration_table(trials).set_index("confidence")
    assert found["n_answers"].sum() == 8
    assert found.loc[3, "share_correct"] == 0.5
    assert found.loc[4, "n_participants"] == 2
    assert found.loc[2, "share_correct"] == 0.5


def test_calibration_has_participants_as_the_unit_of_its_interval():
    answers = [("a", 1)] * 9 + [("a", 0)] + [("b", 0)] * 2 + [("c", 1)] * 2
    trials = pd.DataFrame(answers, columns=["participant_id", "correct"])
    [row] = calibration_table(trials.assign(condition="pv", confidence=4)).to_dict("records")
    assert row["share_correct"] == pytest.approx(11 / 14)
    expected = share_with_interval(np.array([0.9, 0.0, 1.0]))
    assert {name: row[name] for name in expected} == expected


def test_the_area_is_one_where_confidence_separates_and_a_half_where_it_ties(trials):
    [row] = discrimination_table(trials).to_dict("records")
    # a: 1, b: 0.5; c has no wrong answer.
    assert row["n_participants"] == 2
    assert row["mean"] == pytest.approx(0.75)


@pytest.mark.parametrize("row", R["areas"], ids=lambda row: str(row["right"]))
def test_the_area_agrees_with_r(row):
    # stats::wilcox.test
    right, wrong = row["right"], row["wrong"]
    correct = [1] * len(right) + [0] * len(wrong)
    [found] = confidence_auc(one_person(correct, [*right, *wrong]))
    assert found == pytest.approx(row["area"], rel=1e-9)


def test_answers_without_confidence_are_left_out_and_one_kind_of_answer_has_no_area():
    [found] = confidence_auc(one_person([1, 0, 0], [2, 1, np.nan]))
    assert found == 1
    [found] = confidence_auc(one_person([1, 1], [2, 3]))
    assert np.isnan(found)
