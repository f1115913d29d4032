"""The trials that the report shows, and the repeated questions that it compares."""

import base64
import io
from dataclasses import replace

import pandas as pd
import pytest
from PIL import Image

from analysis.data.pictures import ShownItem
from analysis.data.schema import CANT_TELL
from analysis.data.screens import Screens
from analysis.data.study_data import analysed_trials, from_frames
from analysis.report.figures.screens import screen_panels
from analysis.report.html import render_report
from analysis.report.results import analyse, results_json
from analysis.report.sections.shown import shown_sections
from analysis.report.style import save_figure
from tests.analysis.conftest import make_frames


def picture(colour):
    content = io.BytesIO()
    Image.new("RGB", (320, 200), colour).save(content, "PNG")
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"


PICTURES = {"original": [picture("white")], "gradcam": [picture("red")], "pv": [picture("blue")]}


@pytest.fixture(scope="module")
def study():
    found = from_frames("x", *make_frames(n_participants=12))
    return replace(found, shown_item=ShownItem(str(found.trials["item"].iloc[0]), PICTURES))


def shown(study):
    return [part for part in analyse(study).figures if part.name == "figure_trials"]


def section_of(study):
    """The section alone, without all others of the report."""
    [section] = shown_sections(study, analysed_trials(study, study.trials))
    return section


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


def test_without_pictures_no_trial_is_drawn(study):
    assert shown(replace(study, shown_item=None)) == []
    assert shown(replace(study, shown_item=ShownItem("item-01"))) == []


def screenshot(height):
    content = io.BytesIO()
    Image.new("RGB", (1280, height), "teal").save(content, "PNG")
    return content.getvalue()


def screens(*names, **changed):
    found = {name: screenshot(800 + 100 * place) for place, name in enumerate(names)}
    items = dict.fromkeys(names, "item-01")
    return Screens(
        **{
            "browser": "Chromium 128.0.6",
            "viewport": (1280, 800),
            "questions": found,
            "items": items,
        }
        | changed
    )


def test_screenshots_stand_in_the_place_of_composed_trials(study):
    [figure] = section_of(replace(study, screens=screens("gradcam", "pv"))).figures
    assert "screenshots by Chromium 128 at 1280 × 800 pixels" in figure.caption
    assert "PV: the page about item-01" in figure.text_alternative
    assert words(figure) == ["Grad-CAM", "PV"]
    # With all their pixels, each as high as its page.
    shapes = [axes.get_images()[0].get_array().shape for axes in figure.figure.axes]
    assert shapes == [(800, 1280, 3), (900, 1280, 3)]
    assert b"pixelated" not in save_figure(figure.figure, "svg")
    # They need no pictures of the stimuli.
    assert section_of(replace(study, screens=screens("gradcam", "pv"), shown_item=None)).figures


def test_many_conditions_stand_in_two_columns(study):
    figure = screen_panels(dict.fromkeys(map(str, range(8)), screenshot(800)))
    lefts = {round(axes.get_position().x0, 3) for axes in figure.axes}
    assert len(lefts) == 2
    assert figure.get_size_inches()[1] < 12


def test_without_a_screenshot_of_each_condition_all_are_composed(study):
    [figure] = section_of(replace(study, screens=screens("pv"))).figures
    assert "Composed of the stimuli" in figure.caption
    assert len(figure.figure.axes) == 4


def test_the_report_says_why_there_are_no_screenshots(study):
    problem = "The browser x did not answer within 20 seconds."
    section = section_of(replace(study, screens=screens(problem=problem)))
    assert section.paragraphs == [
        f"The questions are composed, as no screenshots could be taken: {problem}"
    ]


def test_a_task_is_drawn_as_it_shows_and_asks(study):
    task = {
        "pictures": [
            {"kind": "{condition}_low", "place": "right", "grid": 2, "caption": {"en": "Low"}},
            {"kind": "original", "place": "left"},
        ],
        "told": ["truth", "prediction", "class"],
        "told_labels": {"truth": "The correct label"},
        "questions": [
            {"name": "guess", "kind": "choice", "question": "Which label?"},
            {"name": "sure", "kind": "scale", "question": "Sure?", "points": 3, "low": "no"},
            {"name": "kind", "kind": "scale", "labels": ["a", {"en": "b"}]},
            {"name": "why", "kind": "text", "question": "Why?"},
        ],
    }
    kinds = {f"{name}_low": [picture("red")] * 3 for name in ("gradcam", "pv")}
    item = ShownItem(study.shown_item.name, {**PICTURES, **kinds}, prediction="boat")
    [figure] = shown(replace(study, task=task, shown_item=item))
    assert [axes.get_title() for axes in figure.figure.axes] == ["Image", "Low"] * 2
    # Three pictures in two columns are higher than wide by one row.
    size = figure.figure.axes[1].get_images()[0].get_array().shape
    assert size[:2] == (2 * 175 + 14, 2 * 280 + 14)
    text = words(figure)
    own = study.trials[study.trials["item"].astype(str) == item.name]
    truth = str(own["true_labels"].iloc[0]).replace(";", ", ")
    said = [f"The correct label: {truth}", "The model’s answer: boat", "class: …"]
    assert text[1:5] == [*said, "Which label?"]
    whole = replace(item, texts={"class": f"the price is $4 or $5 {'and more ' * 60}"})
    [figure] = shown(replace(study, task=task, shown_item=whole))
    lines = words(figure)[3:7]
    # Where the protocol gives no label, the text stands alone; a long one is wrapped, then cut.
    assert lines[0].startswith("the price is $4 or $5 and more")
    assert max(map(len, lines)) <= 58
    assert lines[3].endswith("…")
    assert words(figure)[7] == "Which label?"
    end = text[: text.index("PV")][-6:]
    assert end == ["Sure?", "no ○ ○ ○", "kind", "○ a  ○ b", "Why?", "[ text ]"]


def test_pictures_to_choose_from_are_drawn_beside_the_others(study):
    question = {"name": "q", "kind": "pictures", "question": "Which?", "options": ["a", "b"]}
    task = {"pictures": [{"kind": "original"}], "questions": [question]}
    item = ShownItem(
        study.shown_item.name, {**PICTURES, "a": [picture("red")], "b": [picture("blue")]}
    )
    [figure] = shown(replace(study, task=task, shown_item=item))
    assert [axes.get_title() for axes in figure.figure.axes] == ["Image", "○", "○"] * 2
    assert words(figure)[:2] == ["Grad-CAM", "Which?"]


def test_repeated_questions_are_compared_by_condition(study, undrawn):
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


def test_an_item_without_a_true_label_has_no_line_of_what_is_in_the_image(study):
    trials = study.trials.assign(true_labels="")
    item = ShownItem(study.shown_item.name, PICTURES, prediction="boat")
    task = {"told": ["truth", "prediction"]}
    [figure] = shown(replace(study, trials=trials, task=task, shown_item=item))
    assert words(figure)[:3] == [
        "Grad-CAM", "The model’s answer: boat", "What is the model’s prediction?",
    ]  # fmt: skip
