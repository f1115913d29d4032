"""Named rules and whom they leave out."""

import pytest

from analysis.plan.exclusions import Exclusions, apply_rules


@pytest.fixture
def study(frames):
    people, trials = frames(n_participants=12)
    trials["response"] = trials["response"].astype(str)
    fast = trials["participant_id"] == "p001"
    same = trials["participant_id"] == "p002"
    lost = trials["participant_id"] == "p003"
    trials.loc[fast, "response_time_ms"] = 400
    trials.loc[same, "response_position"] = 2
    trials.loc[lost, "cant_tell"] = 1
    people.loc[people["participant_id"] == "p004", "n_failed_checks"] = 2
    return trials, people


def test_each_rule_names_its_own(study):
    counts, everybody = apply_rules(*study)
    named = counts.set_index(["rule", "condition"])["n_excluded"]
    # p001 and p003 saw Grad-CAM, p002 saw PV.
    assert named["too_fast", "gradcam"] == 1
    assert named["same_position", "pv"] == 1
    assert named["cant_tell", "gradcam"] == 1
    assert named["failed_checks", "pv"] == 1
    assert named.sum() == 4
    assert everybody == {"p001", "p002", "p003", "p004"}


def test_the_thresholds_are_data_and_said(study):
    lines = Exclusions(fastest_median_ms=300, failed_checks=3)
    counts, everybody = apply_rules(study[0], study[1], lines)
    assert everybody == {"p002", "p003"}
    assert "median time below 300 ms" in set(counts["meaning"])


def test_untimed_participants_stay(study):
    trials, people = study
    trials["response_time_ms"] = float("nan")
    assert "p001" not in apply_rules(trials, people)[1]


def test_only_people_with_trials_are_named(study):
    trials, people = study
    gone = trials["participant_id"] == "p004"
    assert "p004" not in apply_rules(trials[~gone], people)[1]


def test_whom_the_team_excluded_is_a_row_of_its_own_and_only_then(study):
    trials, people = study
    people["excluded"] = people["participant_id"].isin({"p005", "p006"})
    counts, everybody = apply_rules(trials, people)
    by_hand = counts[counts["rule"] == "by_the_team"]
    assert by_hand["n_excluded"].sum() == 2
    assert everybody >= {"p005", "p006"}
    people["excluded"] = False
    assert "by_the_team" not in set(apply_rules(trials, people)[0]["rule"])
