"""Data at the edges: results come out, without warnings, and say what they cannot say."""

import numpy as np
import pandas as pd

from analysis.data.scores import read_scores
from analysis.data.study_data import StudyData, from_frames, from_scores_file
from analysis.report.html import render_report
from analysis.report.results import analyse, results_json


def rendered(study: StudyData) -> str:
    results = analyse(study)
    results_json(results)
    html = render_report(results)
    assert "nan" not in html.replace("nant", "").lower().split(">nan<")
    assert ">nan<" not in html
    return html


def test_one_participant_a_condition(scores_file):
    html = rendered(from_scores_file(scores_file("a,gradcam,1,2,2,2", "b,pv,2,2,0,2")))
    assert "±  –" not in html
    assert "50.0 ± –" in html


def test_all_participants_score_the_same(scores_file):
    lines = [f"{i},{'pv' if i % 2 else 'gradcam'},1,2,2,2" for i in range(12)]
    html = rendered(from_scores_file(scores_file(*lines)))
    assert "none: all scores are equal" in html


def test_complete_separation(scores_file):
    lines = [f"{i},{'pv,9,9,0,9' if i % 2 else 'gradcam,0,9,9,9'}" for i in range(30)]
    html = rendered(from_scores_file(scores_file(*lines)))
    assert "−1.00" in html


def test_a_stratum_that_one_condition_was_never_asked(scores_file):
    rendered(from_scores_file(scores_file("a,gradcam,0,0,2,2", "b,pv,2,2,0,2", "c,pv,1,2,1,2")))


def test_without_javascript_there_are_no_times(frames):
    people, trials = frames(n_participants=12)
    trials[["response_time_ms", "hidden_time_ms"]] = np.nan
    assert "No response times were recorded" in rendered(from_frames("x", people, trials))


def test_a_condition_without_finishers(frames):
    chances = {
        (c, s): 0.5 for c in ("gradcam", "none", "pv") for s in ("model_wrong", "model_right")
    }
    people, trials = frames(n_participants=30, chances=chances)
    people.loc[people["condition"] == "none", "finished_at"] = None
    html = rendered(from_frames("x", people, trials))
    assert "0 of 10 without an explanation (0.0 %, 95 % CI 0.0 to 27.8)" in html.replace(
        "\u00a0", " "
    )


def test_four_people_and_two_images(frames):
    rendered(from_frames("x", *frames(n_participants=4, n_wrong=1, n_right=1)))


def test_only_images_on_which_the_model_was_right(frames):
    rendered(from_frames("x", *frames(n_participants=8, n_wrong=0, n_right=4)))


def test_all_answers_are_right(frames):
    chances = {(c, s): 1.0 for c in ("gradcam", "pv") for s in ("model_wrong", "model_right")}
    rendered(from_frames("x", *frames(n_participants=12, chances=chances)))


def test_all_answers_are_cant_tell(frames):
    people, trials = frames(n_participants=12)
    trials["response"] = pd.Categorical(["cant_tell"] * len(trials))
    trials[["correct", "chose_truth"]] = 0.0
    trials["cant_tell"] = 1.0
    trials["response_position"] = 5.0
    rendered(from_frames("x", people, trials))


def test_scores_out_of_different_numbers_of_trials(scores_file):
    scores = read_scores(scores_file("a,gradcam,1,2,2,2", "b,pv,2,4,0,3", "c,pv,0,1,3,3"))
    html = rendered(StudyData("x", scores))
    assert "predictions named" in html


def test_five_conditions(frames):
    chances = {
        (f"arm-{i}", s): 0.2 + 0.1 * i for i in range(5) for s in ("model_wrong", "model_right")
    }
    rendered(from_frames("x", *frames(n_participants=30, n_wrong=4, n_right=4, chances=chances)))
