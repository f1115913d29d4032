"""Gain, harm and switches of two-step trials."""

import numpy as np
import pandas as pd
import pytest

from analysis.data.study_data import from_frames
from analysis.report.results import analyse, results_json
from analysis.statistics.progress.changes import change_table


@pytest.fixture
def trials():
    rows = [
        # participant, first response, first correct, response, correct
        ("a", "fish", 0, "boat", 1), ("a", "fish", 0, "tree", 0), ("a", "boat", 1, "boat", 1),
        ("b", "boat", 1, "fish", 0), ("b", "boat", 1, "boat", 1), ("b", "fish", 0, "boat", 1),
        ("b", None, np.nan, "boat", 1),
    ]  # fmt: skip
    names = ["participant_id", "first_response", "first_correct", "response", "correct"]
    return pd.DataFrame(rows, columns=names).assign(condition="pv", stratum="model_wrong")


def test_gain_harm_and_switches_are_shares_of_each_participants_first_answers(trials):
    found = change_table(trials).set_index("change")
    assert found.loc["gain", "mean"] == pytest.approx((0.5 + 1) / 2)
    assert found.loc["harm", "mean"] == pytest.approx((0 + 0.5) / 2)
    assert found.loc["switch", "mean"] == pytest.approx(2 / 3)
    assert (found["n_participants"] == 2).all()


def test_the_report_has_confidence_and_changes_only_where_they_were_asked(frames):
    participants, trials = frames(n_participants=12)
    plain = results_json(analyse(from_frames("Shapes", participants, trials)))
    assert not {"confidence", "changes"} & set(plain)
    random = np.random.default_rng(1)
    asked = trials.assign(
        confidence=random.integers(1, 6, len(trials)).astype(float),
        first_response=trials["prediction"],
        first_correct=1.0,
    )
    found = results_json(analyse(from_frames("Shapes", participants, asked)))
    harm = {
        (row["condition"], row["stratum"]): row["mean"]
        for row in found["changes"]
        if row["change"] == "harm"
    }
    for row in found["accuracy"]:
        if row["stratum"] != "all":
            assert harm[row["condition"], row["stratum"]] == pytest.approx(1 - row["mean"])
    assert {row["condition"] for row in found["confidence_auc"]} == {"gradcam", "pv"}
