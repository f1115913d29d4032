"""Who stayed and who left."""

import numpy as np
import pandas as pd
import pytest

from analysis.statistics.attrition import (
    consort_flow,
    differential_attrition,
    dropout_by_page,
    kaplan_meier,
    rothman_interval,
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
    return frame.assign(
        arrived_at="x", consented_at="x", assigned_at="x", status=reached, n_trials=3
    )


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


def test_dropout_is_counted_at_the_first_page_that_a_participant_did_not_get_past(people):
    more = people.iloc[[1, 1]].assign(
        participant_id=["g", "h"], condition=["pv", "gradcam"], n_answered=[3, 1]
    )
    table = dropout_by_page(pd.concat([people, more])).set_index("page")
    assert table["pv"].to_dict() == {
        "introduction": 1, "trial 2": 1, "trial 3": 0, "after the trials": 1,
    }  # fmt: skip
    assert table["gradcam"].tolist() == [0, 1, 1, 0]


def test_participants_who_finished_have_not_dropped_out(people):
    assert dropout_by_page(people[people["finished_at"] == "x"]).empty


def test_it_needs_a_participant_who_dropped_out_and_one_who_finished(people):
    stayed = differential_attrition(people[people["finished_at"] == "x"])
    assert np.isnan(stayed.p_finished)
    assert stayed.method.startswith("none")


def test_where_all_dropped_out_the_trials_of_dropout_are_still_compared():
    table = pd.DataFrame(
        {
            "condition": ["pv"] * 5 + ["gradcam"] * 5,
            "finished_at": [""] * 10,
            "n_answered": [2] * 5 + [3] * 5,
            "status": "in_trials",
        }
    )
    found = differential_attrition(table)
    assert np.isnan(found.p_finished)
    # (O - E)^2 / V at the third trial: 2.5^2 / (5 * 5 * 5 * 5 / (10^2 * 9)).
    assert found.log_rank_chi2 == pytest.approx(9)
    assert kaplan_meier(table.assign(participant_id=range(10)))["trial"].tolist() == [0, 4, 0, 3, 4]


def test_three_conditions_are_tested_together(frames):
    chances = {
        (c, s): 0.5 for c in ("gradcam", "none", "pv") for s in ("model_wrong", "model_right")
    }
    participants, _ = frames(n_participants=90, chances=chances, finished_share=0.6)
    found = differential_attrition(participants)
    assert found.method == "N − 1 χ² test"
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


def test_the_share_who_finished_is_tested_by_the_n_minus_1_chi_squared():
    table = pd.DataFrame(
        {
            "condition": ["pv"] * 40 + ["gradcam"] * 58,
            "finished_at": ["x"] * 30 + [""] * 10 + ["x"] * 52 + [""] * 6,
            "n_answered": [3] * 30 + [1] * 10 + [3] * 52 + [1] * 6,
            "status": "in_trials",
        }
    )
    found = differential_attrition(table)
    # Campbell (2007): (ad - bc)^2 (N - 1) / (m n r s).
    expected = (30 * 6 - 10 * 52) ** 2 * 97 / (40 * 58 * 82 * 16)
    assert found.chi2_finished == pytest.approx(expected)


def test_fishers_test_stands_in_where_hardly_anybody_left(people):
    more = people.iloc[[0] * 7].assign(participant_id=list("tuvwxyz"))
    stayed = people[people["finished_at"] == "x"]
    one = pd.concat([stayed, more, people.iloc[[5]]])
    found = differential_attrition(one)
    assert found.method == "Fisher’s exact test"
    assert np.isnan(found.chi2_finished)
    assert 0 < found.p_finished <= 1


def test_the_band_has_its_coverage_before_the_first_dropout():
    low, high = rothman_interval(np.array([1.0]), np.array([0.0]), 20)
    # Wilson's lower end for 20 of 20.
    assert low.item() == pytest.approx(20 / (20 + 1.959964**2), abs=1e-6)
    assert high.item() == pytest.approx(1)
