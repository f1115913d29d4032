"""Preferred places and preferred wrong answers, counted by hand on a handful of trials."""

import pandas as pd
import pytest

from analysis.statistics.answers.response_bias import distractor_shares, position_shares

OPTIONS = "boat;fish;tree;house;cant_tell"
# participant, response, position, can't tell
ROWS = [
    ("a", "boat", 1, 0), ("a", "boat", 1, 0), ("a", "tree", 3, 0), ("a", "cant_tell", 5, 1),
    ("b", "fish", 2, 0), ("b", None, None, None),
    ("c", "tree", 3, 0), ("c", "house", 4, 0),
]  # fmt: skip


@pytest.fixture
def trials():
    names = ["participant_id", "response", "response_position", "cant_tell"]
    frame = pd.DataFrame(ROWS, columns=names)
    frame["condition"] = frame["participant_id"].map({"a": "pv", "b": "pv", "c": "gradcam"})
    return frame.assign(options_shown=OPTIONS, prediction="boat", true_labels="fish;sun")


def test_every_participant_brings_their_share_of_each_place(trials):
    table = position_shares(trials).set_index(["condition", "position"])
    # a chose place 1 in two of three classes, b place 2 in the only one.
    assert table.loc["pv"]["mean"].to_dict() == pytest.approx({1: 1 / 3, 2: 1 / 2, 3: 1 / 6, 4: 0})
    assert table.loc["pv"]["n_chosen"].to_dict() == {1: 2, 2: 1, 3: 1, 4: 0}
    assert (table.loc["pv"]["n_participants"] == 2).all()
    assert table.groupby("condition")["mean"].sum().tolist() == pytest.approx([1, 1])


def test_distractors_are_neither_the_prediction_nor_a_true_label(trials):
    table = distractor_shares(trials).set_index(["condition", "option"])
    assert set(table.index.get_level_values("option")) == {"tree", "house"}
    tree = table.xs(("pv", "tree"))
    # Offered in a's four answers, of which one took it, and in b's only one.
    assert (tree["n_offered"], tree["n_chosen"], tree["n_participants"]) == (5, 1, 2)
    assert tree["mean"] == pytest.approx((1 / 4 + 0) / 2)
    assert table.loc[("gradcam", "house"), "mean"] == pytest.approx(1 / 2)


def test_an_option_counts_only_where_it_is_a_distractor(trials):
    trials.loc[trials["participant_id"] == "c", "prediction"] = "tree"
    table = distractor_shares(trials).set_index(["condition", "option"])
    assert ("gradcam", "tree") not in table.index
    assert table.loc[("gradcam", "boat"), "n_offered"] == 2


def test_shares_stay_between_none_and_all(frames):
    table = distractor_shares(frames(n_participants=16)[1])
    assert table["ci_low"].ge(0).all()
    assert table["ci_high"].le(1).all()
    assert (table["n_chosen"] <= table["n_offered"]).all()


def test_a_participant_of_several_conditions_counts_in_each(trials):
    second = trials["participant_id"].eq("a") & trials["response_position"].gt(1)
    trials.loc[second, "condition"] = "gradcam"
    table = distractor_shares(trials).set_index(["condition", "option"])
    # a was offered "tree" twice in each condition, and took it once with Grad-CAM.
    counts = table[["n_offered", "n_chosen"]].T
    assert list(counts["pv", "tree"]) == [3, 0]
    assert list(counts["gradcam", "tree"]) == [4, 2]
    assert table.loc[("gradcam", "tree"), "n_participants"] == 2
