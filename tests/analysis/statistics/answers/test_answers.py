"""What people chose, counted by hand on a handful of trials."""

import pandas as pd
import pytest

from analysis.statistics.answers.answers import answer_shares, kinds_of_answers, treated_scores

# participant, stratum, response, correct, chose_truth, cant_tell, position
ROWS = [
    ("a", "model_wrong", "boat", 1, 0, 0, 1),
    ("a", "model_wrong", "fish", 0, 1, 0, 2),
    ("a", "model_wrong", "cant_tell", 0, 0, 1, 5),
    ("a", "model_wrong", "tree", 0, 0, 0, 1),
    ("b", "model_wrong", "fish", 0, 1, 0, 4),
    ("b", "model_wrong", None, None, None, None, None),
    ("b", "model_right", "boat", 1, 1, 0, 3),
]


@pytest.fixture
def trials():
    names = ["participant_id", "stratum", "response", "correct", "chose_truth", "cant_tell",
             "response_position"]  # fmt: skip
    frame = pd.DataFrame(ROWS, columns=names).assign(condition="pv")
    flags = ["correct", "chose_truth", "cant_tell", "response_position"]
    return frame.astype(dict.fromkeys(flags, float)).assign(options_shown="w;x;y;z;cant_tell")


def test_the_prediction_counts_first(trials):
    assert kinds_of_answers(trials).tolist() == [
        "prediction", "truth", "cant_tell", "other", "truth", "prediction",
    ]  # fmt: skip


def test_shares_are_means_over_participants_and_not_over_answers(trials):
    table = answer_shares(trials).set_index(["stratum", "answer"])
    # a projects in 1 of 4, b in 1 of 1: the mean is 5/8, where pooled answers would give 2/5.
    assert table.loc[("model_wrong", "truth"), "mean"] == pytest.approx(0.625)
    assert table.loc[("model_wrong", "cant_tell"), "mean"] == pytest.approx(0.125)
    assert table.groupby("stratum")["mean"].sum().tolist() == pytest.approx([1, 1])


def test_cant_tell_has_three_treatments(trials):
    found = {
        treatment: treated_scores(trials, treatment).set_index(["participant_id", "stratum"])
        for treatment in ("wrong", "left_out", "credited")
    }
    accuracy = {name: table.loc[("a", "model_wrong"), "accuracy"] for name, table in found.items()}
    assert accuracy == pytest.approx({"wrong": 1 / 4, "left_out": 1 / 3, "credited": 1.25 / 4})
    with pytest.raises(ValueError, match="treatment must be one of wrong, left_out, credited"):
        treated_scores(trials, "ignored")


def test_cant_tell_is_credited_with_guessing_among_the_options_of_its_trial(trials):
    two = trials.assign(options_shown="yes;no;cant_tell")
    found = treated_scores(two, "credited").set_index(["participant_id", "stratum"])
    assert found.loc[("a", "model_wrong"), "accuracy"] == pytest.approx(1.5 / 4)


def test_someone_who_always_chose_cant_tell_has_no_score_when_that_is_left_out(trials):
    only = trials[trials["cant_tell"] == 1]
    assert treated_scores(only, "left_out").empty
    assert treated_scores(only, "wrong")["accuracy"].tolist() == [0, 0]
