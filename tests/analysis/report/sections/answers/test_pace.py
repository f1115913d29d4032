"""Response times and learning."""

import numpy as np
import pandas as pd
import pytest

from analysis.data.study_data import from_frames
from analysis.report.sections.answers.pace import pace_section
from analysis.statistics.answers.response_times import (
    participant_medians,
    time_table,
    visible_times,
)
from analysis.statistics.progress.learning import accuracy_by_trial, learning_slopes


def test_hidden_time_does_not_count():
    trials = pd.DataFrame({"response_time_ms": [5000, 4000], "hidden_time_ms": [1500, np.nan]})
    assert visible_times(trials).tolist() == [3500, 4000]


def test_each_participant_brings_one_median(frames):
    _, trials = frames(n_participants=10)
    medians = participant_medians(trials, ["stratum"])
    assert len(medians) == 20
    one = trials[(trials["participant_id"] == "p001") & (trials["stratum"] == "model_wrong")]
    found = medians[(medians["participant_id"] == "p001") & (medians["stratum"] == "model_wrong")]
    assert found["visible_ms"].item() == one["response_time_ms"].median()


def test_untimed_answers_are_left_out(frames):
    _, trials = frames(n_participants=4)
    trials.loc[trials["participant_id"] == "p001", "response_time_ms"] = np.nan
    assert "p001" not in set(participant_medians(trials, [])["participant_id"])
    table = time_table(trials)
    assert table["n_participants"].max() == 2
    assert (table["q1_ms"] <= table["median_ms"]).all()


def test_a_slope_is_the_least_squares_slope(frames):
    _, trials = frames(n_participants=6)
    slopes = learning_slopes(trials).set_index("condition")
    own = [
        np.polyfit(part["trial_index"], part["correct"], 1)[0]
        for _, part in trials[trials["condition"] == "pv"].groupby("participant_id", observed=True)
    ]
    assert slopes.loc["pv", "mean"] == pytest.approx(np.mean(own))
    assert slopes.loc["pv", "n_participants"] == 3


def test_someone_with_a_single_answer_has_no_slope(frames):
    _, trials = frames(n_participants=4)
    single = trials["participant_id"].ne("p002") | trials["trial_index"].eq(1)
    slopes = learning_slopes(trials[single]).set_index("condition")
    assert slopes.loc["pv", "n_participants"] == 1


def test_accuracy_by_trial_counts_those_still_there(frames):
    participants, trials = frames(n_participants=40, finished_share=0.4)
    table = accuracy_by_trial(trials)
    for row in table.itertuples():
        there = participants[participants["condition"] == row.condition]["n_answered"]
        assert row.n_participants == (there >= row.trial_index).sum()


def test_a_change_is_stated_over_no_more_trials_than_a_participant_had(frames):
    people, trials = frames(n_participants=12, n_wrong=3, n_right=3)
    section = pace_section(from_frames("x", people, trials), trials)
    assert section.paragraphs[0].startswith("Over 5 trials, accuracy changed")
    [table] = [table for table in section.tables if table.name == "table_learning"]
    assert table.header[2] == "Change in 5 trials"
    slope = learning_slopes(trials)["mean"].iloc[0]
    assert float(table.rows[0][2].replace("−", "-")) == pytest.approx(500 * slope, abs=0.051)
    people, trials = frames(n_participants=12)
    section = pace_section(from_frames("x", people, trials), trials)
    assert section.paragraphs[0].startswith("Over ten trials, accuracy changed")
