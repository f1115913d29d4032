"""Sentences of the report where there is next to nothing: one participant, one condition."""

import pandas as pd
import pytest

from analysis.data.study_data import from_frames
from analysis.report.html import render_report
from analysis.report.results import analyse
from tests.analysis.conftest import make_frames


@pytest.fixture(scope="module")
def alone():
    """The report of one participant, who named every prediction where the model was right."""
    people, trials = make_frames(n_participants=1)
    trials["correct"] = (trials["stratum"] == "model_right").astype(float)
    return analyse(from_frames("x", people, trials))


def said(results):
    return " ".join(text for section in results.sections for text in section.paragraphs)


def test_one_participant_is_not_called_participants(alone):
    assert "of 1 participant, " in said(alone)
    assert "The only participant met no exclusion rule." in said(alone)
    assert "1 participants" not in render_report(alone)


def test_one_score_is_no_test_of_guessing(alone):
    assert all("not possible, one score" in each for each in alone.findings[:2])


def test_tests_are_not_mentioned_where_there_are_none(alone):
    assert "The protocol declares no tests." in render_report(alone)


def test_images_that_are_equally_hard_have_no_range(alone):
    assert (
        "prediction was 0.0 % for each image where the model was wrong and was 100.0 % for each"
        " image where the model was right." in said(alone)
    )


def test_no_interval_of_a_difference_agrees_with_another_where_there_is_none(frames):
    people, trials = frames(n_participants=2)
    assert "treatments of “I just can’t tell”" not in said(
        analyse(from_frames("x", people, trials))
    )


def test_what_no_image_was_asked_about_is_not_compared(frames):
    people, trials = frames(n_participants=6)
    found = said(analyse(from_frames("x", people, trials[trials["stratum"] == "model_right"])))
    assert "H₁: Acc(Grad-CAM) < Acc(PV) could not be tested: too few answers" in found
    assert "Where the model was wrong, this study has too few answers to compare." in found
    assert "is – percentage points" not in found
    assert "in – %" not in found


def test_one_participant_in_each_condition_has_no_welch_test(frames):
    found = said(analyse(from_frames("x", *frames(n_participants=2))))
    assert "(no interval, since scores are too few or all equal; n = 1 and 1)" in found


def test_dropout_reverses_no_difference_where_one_condition_was_assigned(frames):
    people, trials = frames(n_participants=4)
    people["condition"] = trials["condition"] = "pv"
    people.loc[people.index[0], "finished_at"] = pd.NaT
    found = said(analyse(from_frames("x", people, trials)))
    assert "3 of 4 finished with PV" in found
    assert "change its sign" not in found
