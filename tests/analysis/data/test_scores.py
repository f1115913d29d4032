"""Reading scores, and counting them from trials."""

import numpy as np
import pytest

from analysis.data.scores import conditions_of, read_scores, score_trials
from analysis.errors import DataError

GOOD = ("a,gradcam,1,2,2,2", "b,pv,2,2,0,2")


def test_it_makes_three_strata_of_each_participant(scores_file):
    scores = read_scores(scores_file(*GOOD)).set_index(["participant_id", "stratum"])
    assert len(scores) == 6
    assert scores.loc[("a", "all"), "n_correct"] == 3
    assert scores.loc[("a", "all"), "accuracy"] == 0.75


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("c,pv,3,2,0,2", "line 4, column correct_model_wrong: must be at most the line's n_model"),
        (
            "c,pv,x,2,0,2",
            "line 4, column correct_model_wrong: must be a whole number from 0 to 1000000",
        ),
        ("c,pv,1.5,2,0,2", "column correct_model_wrong: must be a whole number"),
        ("c,pv,-1,2,0,2", "column correct_model_wrong: must be a whole number from 0 to 1000000"),
        (
            "c,pv,1,2,0,",
            "column n_model_right: must be a whole number from 0 to 1000000, but is empty",
        ),
        ("c,,1,2,0,2", "line 4, column condition: must be given, but is empty"),
        (" ,pv,1,2,0,2", "line 4, column participant_id: must be given"),
        ("a,pv,1,2,0,2", "line 4, column participant_id: 'a' was already given above"),
        ("c,pv,1,1e30,0,2", "line 4, column n_model_wrong: must be a whole number from 0 to 10000"),
        ("c,pv,inf,2,0,2", "line 4, column correct_model_wrong: must be a whole number from 0"),
        ("c,Grad-CAM,1,2,0,2", "line 4, column condition: must be spelt 'gradcam' as above, "),
        ("c,P.V.,1,2,0,2", "line 4, column condition: must be spelt 'pv' as above, but is"),
    ],
)
def test_it_names_the_line_and_column_of_a_bad_value(scores_file, line, message):
    with pytest.raises(DataError) as caught:
        read_scores(scores_file(*GOOD, line))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_it_names_the_missing_column(scores_file):
    path = scores_file("a,pv,1", header="participant_id,condition,correct_model_wrong")
    with pytest.raises(DataError, match="has no column 'n_model_wrong'; it has participant_id"):
        read_scores(path)


def test_it_refuses_a_file_without_rows_and_an_empty_one(scores_file, tmp_path):
    with pytest.raises(DataError, match="has no rows below"):
        read_scores(scores_file())
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(DataError, match=r"empty\.csv is empty"):
        read_scores(tmp_path / "empty.csv")


def test_it_refuses_a_file_that_is_not_there_and_one_that_is_no_text(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_scores(tmp_path / "nowhere.csv")
    (tmp_path / "picture.csv").write_bytes(bytes([0xFF, 0xD8, 0xFF, 0xE0]) * 30)
    with pytest.raises(DataError, match=r"picture\.csv"):
        read_scores(tmp_path / "picture.csv")


def test_it_reads_a_file_that_a_spreadsheet_saved(scores_file):
    path = scores_file(*GOOD)
    path.write_text(path.read_text().replace("\n", "\r\n"), encoding="utf-8-sig")
    assert len(read_scores(path)) == 6


def test_a_stratum_without_trials_has_no_accuracy(scores_file):
    scores = read_scores(scores_file("a,gradcam,0,0,2,2", "b,pv,2,2,0,2"))
    found = scores.set_index(["participant_id", "stratum"])["accuracy"]
    assert np.isnan(found["a", "model_wrong"])
    assert found["a", "all"] == 1


def test_it_counts_trials_as_the_answers_say(frames):
    _, trials = frames(n_participants=6)
    scores = score_trials(trials)
    for row in scores[scores["stratum"] != "all"].itertuples():
        own = trials[
            (trials["participant_id"] == row.participant_id) & (trials["stratum"] == row.stratum)
        ]
        assert row.n_correct == (own["response"].astype(str) == own["prediction"].astype(str)).sum()
        assert row.n_trials == len(own)


def test_a_trial_without_an_answer_counts_neither_way(frames):
    participants, trials = frames(n_participants=30, finished_share=0.3)
    answered = participants.set_index("participant_id")["n_answered"]
    pooled = score_trials(trials).query("stratum == 'all'").set_index("participant_id")["n_trials"]
    assert pooled.to_dict() == answered[answered > 0].to_dict()


def test_it_refuses_a_condition_that_the_plan_does_not_know(scores_file):
    path = scores_file(*GOOD, "c,none,1,2,0,2")
    with pytest.raises(DataError, match="line 4, column condition: must be one of the plan's cond"):
        read_scores(path, conditions=("gradcam", "pv"))
    assert len(read_scores(path, conditions=("gradcam", "none", "pv"))) == 9


def test_blank_lines_do_not_shift_the_line_that_is_named(scores_file):
    path = scores_file("a,gradcam,1,2,2,2", "", "", "b,pv,3,2,0,2", "")
    with pytest.raises(DataError, match=r"line 5, column correct_model_wrong: must be at most"):
        read_scores(path)
    good = scores_file("a,gradcam,1,2,2,2", "", "b,pv,2,2,0,2", "")
    assert read_scores(good)["participant_id"].tolist() == ["a", "b"] * 3


def test_conditions_may_be_called_none_na_or_nan(scores_file):
    names = ["None", "NA", "null", "nan", "n/a"]
    path = scores_file(*(f"{place},{name},1,2,2,2" for place, name in enumerate(names)))
    assert conditions_of(read_scores(path)) == sorted(names)


@pytest.mark.parametrize(
    ("first", "second"),
    [("Grad-CAM", "Grad-CAM++"), ("pv", "pv*"), ("alpha 0.5", "alpha 05"), ("t -1", "t 1"),
     ("C", "C#"), ("None", "none+")],
)  # fmt: skip
def test_names_that_differ_in_a_sign_are_two_conditions(scores_file, first, second):
    path = scores_file(f"a,{first},1,2,2,2", f"b,{second},2,2,0,2")
    assert set(conditions_of(read_scores(path))) == {first, second}


@pytest.mark.parametrize("second", ["GRAD CAM", "grad_cam", "gradcam", "Grad‑CAM", "Grad.CAM"])
def test_names_that_differ_in_capitals_spaces_and_dashes_are_one(scores_file, second):
    with pytest.raises(DataError, match="must be spelt 'Grad-CAM' as above"):
        read_scores(scores_file("a,Grad-CAM,1,2,2,2", f"b,{second},2,2,0,2"))
