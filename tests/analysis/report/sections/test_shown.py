"""The trials that the report shows, and the repeated questions that it compares."""

import base64
import io
from dataclasses import replace

import pandas as pd
import pytest
from PIL import Image

from analysis.data.schema import CANT_TELL
from analysis.data.study_data import from_frames
from analysis.report.html import render_report
from analysis.report.results import analyse, results_json
from tests.analysis.conftest import make_frames


def picture(colour):
    content = io.BytesIO()
    Image.new("RGB", (320, 200), colour).save(content, "PNG")
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"


@pytest.fixture(scope="module")
def study():
    found = from_frames("x", *make_frames(n_participants=12))
    pictures = [("Image", picture("white")), ("Grad-CAM", picture("red")), ("PV", picture("blue"))]
    return replace(found, pictures=dict.fromkeys(found.trials["item"].astype(str), pictures))


def shown(study):
    return [part for part in analyse(study).figures if part.name == "figure_trials"]


def words(illustration):
    return [text.get_text() for text in illustration.figure.texts]


def test_one_trial_of_each_condition_is_drawn_with_its_question_and_answers(study):
    [figure] = shown(study)
    assert len(figure.figure.axes) == 4
    assert [axes.get_title() for axes in figure.figure.axes] == ["Image", "Explanation"] * 2
    text = words(figure)
    assert text.count("What is the model’s prediction?") == 2
    assert text.count("○ I just can’t tell") == 2
    assert {"Grad-CAM", "PV", "○ boat", "○ tree"} < set(text)
    # The answers stand as one participant saw them.
    trials = study.trials[study.trials["condition"] == "gradcam"]
    options = [line[2:] for line in text[: text.index("PV")] if line.startswith("○ ")]
    known = {tuple(each.split(";")) for each in trials["options_shown"].astype(str)}
    assert tuple(CANT_TELL if each.startswith("I just") else each for each in options) in known


def test_the_drawn_trial_has_the_words_of_the_protocol(study):
    protocol = {
        "texts": {"question": {"en": "What does it answer?"}, "cant_tell": "No idea"},
        "labels": {"boat": "a boat"},
        "trials": {"confidence": True},
    }
    [figure] = shown(replace(study, protocol=protocol))
    text = words(figure)
    assert {"What does it answer?", "○ No idea", "○ a boat", "How sure are you?"} < set(text)


def test_without_pictures_or_with_a_task_of_its_own_no_trial_is_drawn(study):
    assert shown(replace(study, pictures={})) == []
    assert shown(replace(study, task={"pictures": []})) == []


def test_repeated_questions_are_compared_by_condition(study):
    own = study.trials[study.trials["trial_index"] <= 2]
    repeats = own[["participant_id", "item", "response"]].astype(str).copy()
    changed = repeats["participant_id"] == "p001"
    repeats.loc[changed, "response"] = "cant_tell"
    found = analyse(replace(study, repeats=repeats))
    rows = {row["condition"]: row for row in results_json(found)["retest"]}
    assert rows["pv"]["agreement"] == 1
    assert rows["pv"]["kappa"] == 1
    assert rows["gradcam"]["n_pairs"] == rows["pv"]["n_pairs"] == 12
    same = (own["response"].astype(str) == repeats["response"])[own["condition"] == "gradcam"]
    assert rows["gradcam"]["agreement"] == pytest.approx(same.mean())
    assert "test-retest" in render_report(found)
    assert "retest" not in results_json(analyse(replace(study, repeats=pd.DataFrame(
        columns=["participant_id", "item", "response"]))))  # fmt: skip
