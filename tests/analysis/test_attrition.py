"""Who stayed and who left."""

import numpy as np
import pandas as pd
import pytest

from analysis.attrition import (
    consort_flow,
    differential_attrition,
    dropout_by_trial,
    kaplan_meier,
    survival_data,
)


@pytest.fixture
def people():
    rows = [
        # name, condition, answers, finished, consented
        ("a", "pv", 3, "x"), ("b", "pv", 1, ""), ("c", "pv", 0, ""),
        ("d", "gradcam", 3, "x"), ("e", "gradcam", 3, "x"), ("f", "gradcam", 2, ""),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["participant_id", "condition", "n_answered", "finished_at"])
    reached = frame["n_answered"].gt(0).map({True: "in_trials", False: "in_introduction"})
    return frame.assign(arrived_at="x", consented_at="x", assigned_at="x", status=reached)


def test_the_flow_counts_each_stage_by_condition(people):
    flow = consort_flow(people, {"a", "d"})
    assert flow["pv"].to_dict() == {
        "arrived": 3, "consented": 3, "assigned": 3, "introduced": 2, "started": 2,
         "finished": 1, "analysed": 1,
    }  # fmt: skip
    assert flow.loc["finished", "gradcam"] == 2
    assert flow.loc["analysed", "gradcam"] == 1


def test_someone_who_left_after_two_answers_left_at_the_third_trial(people):
    times, events, _ = survival_data(people)
    assert times.tolist() == [3, 2, 1, 3, 3, 3]
    assert events.tolist() == [0, 1, 1, 0, 0, 1]


def test_the_curve_falls_where_people_leave_and_reaches_the_end(people):
    pv = kaplan_meier(people).query("condition == 'pv'")
    assert pv.set_index("trial")["share"].loc[[0, 1, 2]].tolist() == pytest.approx(
        [1, 2 / 3, 1 / 3]
    )
    assert pv["trial"].max() == 3


def test_dropout_is_counted_by_answers_given(people):
    table = dropout_by_trial(people)
    assert table["pv"].to_dict() == {0: 1, 1: 1, 2: 0}
    assert table["gradcam"].to_dict() == {0: 0, 1: 0, 2: 1}


def test_it_needs_somebody_who_left_and_somebody_who_stayed(people):
    stayed = differential_attrition(people[people["finished_at"] == "x"])
    assert np.isnan(stayed.p_finished)
    assert stayed.method.startswith("none")


def test_three_conditions_are_tested_together(frames):
    chances = {
        (c, s): 0.5 for c in ("gradcam", "none", "pv") for s in ("model_wrong", "model_right")
    }
    participants, _ = frames(n_participants=90, chances=chances, finished_share=0.6)
    found = differential_attrition(participants)
    assert found.method == "χ² test"
    assert 0 < found.p_finished <= 1
    assert 0 < found.p_log_rank <= 1


def test_a_condition_that_drives_people_away_is_found(frames):
    participants, _ = frames(n_participants=80)
    leavers = participants["condition"].eq("pv") & (participants["number"] % 4 == 0)
    participants.loc[leavers, ["finished_at", "n_answered"]] = [None, 2]
    found = differential_attrition(participants)
    assert found.p_finished < 0.001
    assert found.p_log_rank < 0.001


def test_someone_who_withdrew_after_finishing_has_not_stayed(people):
    people.loc[people["participant_id"] == "a", "status"] = "withdrawn"
    flow = consort_flow(people, {"d"})
    assert flow.loc["finished", "pv"] == 0
