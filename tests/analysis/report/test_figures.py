"""Figures that are the same on every run."""

import io
import re
import xml.etree.ElementTree as ElementTree
import zlib
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fontTools.subset import Options
from fontTools.ttLib import TTFont
from matplotlib.backends import _backend_pdf_ps as embedding

from analysis.report.figures.accuracy import accuracy_dots
from analysis.report.figures.flow import flow_diagram
from analysis.report.figures.grids import share_grid
from analysis.report.figures.learning import learning_curves
from analysis.report.figures.plots import (
    ANSWER_COLOURS,
    STUDY_COLOURS,
    item_dots,
    retention_curves,
    score_histograms,
)
from analysis.report.figures.times import time_dots
from analysis.report.style import COLOURS, inline_svg, panel_figure, save_figure
from analysis.statistics.answers.response_times import time_table
from analysis.statistics.attrition import consort_flow, dropout_by_page, kaplan_meier
from analysis.statistics.descriptives import accuracy_table


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_two_runs_give_the_same_bytes(published, kind):
    first, second = (save_figure(score_histograms(published), kind) for _ in range(2))
    assert first == second
    assert len(first) > 5000


def test_every_participant_is_in_a_bar_of_each_panel(published):
    for axes in score_histograms(published).axes:
        bars: list[Any] = list(axes.patches)
        heights = sum(bar.get_height() for bar in bars)
        assert heights == 98


@pytest.mark.parametrize("n_conditions", [1, 2, 6])
def test_marks_of_one_image_stay_in_its_row(n_conditions):
    table = pd.DataFrame(
        [
            ("model_wrong", item, f"c{place}", 20, 0.5, 0.3, 0.7)
            for item in ("item-1", "item-2", "item-3")
            for place in range(n_conditions)
        ],
        columns=[
            "stratum", "item", "condition", "n_participants", "accuracy", "ci_low", "ci_high",
        ],
    )  # fmt: skip
    [axes] = item_dots(table).axes
    containers: list[Any] = axes.containers
    marks = [bars.lines[0].get_ydata() for bars in containers]
    assert len(marks) == n_conditions
    for rows in marks:
        assert np.round(rows).tolist() == [0, 1, 2]
        assert (np.abs(rows - np.round(rows)) < 0.4).all()


def test_a_cell_without_a_share_stays_empty_and_words_are_printed_as_they_are():
    shares = pd.DataFrame([[0.25, np.nan], [0.0, 1.0]], index=["$a_b$", "x" * 60], columns=[1, 2])
    figure = share_grid(shares, "level")
    [axes] = figure.axes
    assert [text.get_text() for text in axes.texts] == ["25", "0", "100"]
    labels = axes.get_yticklabels()
    assert [label.get_text() for label in labels] == ["$a_b$", f"{'x' * 27}…"]
    assert not labels[0].get_parse_math()
    assert b"<svg" in save_figure(figure, "svg")


@pytest.mark.parametrize(("n_conditions", "n_panels"), [(2, 1), (4, 1), (8, 8), (9, 12)])
def test_curves_of_many_conditions_have_a_panel_each(n_conditions, n_panels):
    table = pd.DataFrame(
        [(f"c{place}", trial, 5, 0.5, 0.1) for place in range(n_conditions) for trial in (1, 2, 3)],
        columns=["condition", "trial_index", "n_participants", "mean", "standard_error"],
    )
    figure = learning_curves(table)
    assert len(figure.axes) == n_panels
    shown = [axes for axes in figure.axes if axes.axison]
    assert len(shown) == (1 if n_panels == 1 else n_conditions)
    if n_panels > 1:
        assert shown[-1].get_title(loc="left") == f"c{n_conditions - 1} (n = 5)"
        # Its own curve, and all of them in grey.
        assert len(shown[0].lines) == 1 + n_conditions


def test_times_have_one_scale_in_both_panels(frames):
    times = time_table(frames(n_participants=8)[1])
    wrong, right = time_dots(times).axes
    assert wrong.get_xlim() == right.get_xlim()
    assert right.get_xlim()[1] > times["q3_ms"].max() / 1000
    assert [label.get_text() for label in wrong.get_yticklabels()] == ["Grad-CAM", "PV"]


def test_each_tick_of_the_retention_curve_has_a_number_for_each_condition(frames):
    people, _ = frames(n_participants=30, finished_share=0.5)
    [axes] = retention_curves(kaplan_meier(people)).axes
    ticks = len(axes.get_xticks())
    shown = [text.get_text() for text in axes.texts]
    assert shown[0] == "Grad-CAM"
    assert shown[ticks + 1] == "PV"
    assert len(shown) == 2 * (1 + ticks)
    # All fifteen were there before the first trial.
    assert shown[1] == shown[ticks + 2] == "15"


def test_an_inline_figure_is_one_element_with_a_text_alternative(published):
    text = inline_svg(score_histograms(published), 'Scores < "all"')
    element = ElementTree.fromstring(text)  # noqa: S314 - our own figure
    assert element.get("role") == "img"
    assert element.get("aria-label") == 'Scores < "all"'


def test_everybody_who_arrived_is_in_one_box_of_the_flow_diagram(frames):
    people, _ = frames(n_participants=30, finished_share=0.5)
    analysed = set(people.loc[people["finished_at"].fillna("") != "", "participant_id"])
    flow = consort_flow(people, analysed)
    dropout = dropout_by_page(people, analysed)
    dropout.loc[len(dropout)] = {"page": "no place left", "gradcam": 0, "pv": 0}
    dropout["not_assigned"] = [0] * (len(dropout) - 1) + [2]
    shown = [text.get_text() for text in flow_diagram(flow, dropout).axes[0].texts]
    assert "Arrived: 30" in shown
    assert "No condition: 2\nno place left: 2" in shown
    numbers = [
        int(re.search(rf"^{word}: (\d+)", text, re.MULTILINE)[1])
        for word in ("Lost", "Analysed")
        for text in shown
        if text.startswith(word)
    ]
    assert len(numbers) == 4
    assert sum(numbers) == 30


def test_participants_who_withdrew_or_were_turned_away_are_not_drawn_as_dropouts(frames):
    people, _ = frames(n_participants=8)
    people = people.astype({"status": str})
    ends = {1: ("withdrawn", 0), 3: ("screened_out", 0), 5: ("in_trials", 12), 7: ("in_trials", 3)}
    for number, (status, answered) in ends.items():
        row = people["number"] == number
        people.loc[row, ["status", "n_answered", "finished_at"]] = [status, answered, None]
    analysed = set(people.loc[people["number"] % 2 == 0, "participant_id"])
    flow, dropout = consort_flow(people, analysed), dropout_by_page(people, analysed)
    [box] = [
        text.get_text()
        for text in flow_diagram(flow, dropout).axes[0].texts
        if text.get_text().startswith("Lost: 4")
    ]
    assert set(box.split("\n")[1:]) == {
        "during the trials: 1", "after the trials: 1", "withdrew: 1", "screened out: 1"
    }  # fmt: skip


def test_every_participant_counts_in_a_circle_and_every_mean_has_its_interval(published):
    figure = accuracy_dots(published, accuracy_table(published))
    for axes in figure.axes:
        circles: list[Any] = list(axes.collections)
        means: list[Any] = list(axes.containers)
        assert len(means) == 2
        values = [len(each.get_offsets()) for each in circles]
        assert sum(values) < 98


def titled(words):
    figure, _ = panel_figure(3, 2)
    figure.suptitle(words)
    return figure


def test_fonts_in_a_pdf_have_the_letters_and_no_tables_that_place_them(published):
    content = save_figure(score_histograms(published), "pdf")
    streams = re.findall(rb"/Length1 .*?stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    fonts = [TTFont(io.BytesIO(zlib.decompress(stream))) for stream in streams]
    assert fonts
    for font in fonts:
        assert not {"GDEF", "GPOS", "GSUB", "MATH", "kern"} & set(font.keys())
        assert len(font.getGlyphOrder()) > 10
    # The settings of other figures of the process are as before.
    assert "GSUB" not in Options().drop_tables
    assert embedding.get_glyphs_subset.__module__ == embedding.__name__


def test_letters_that_figures_rarely_have_are_embedded_too():
    content = save_figure(titled("Ж and ∮"), "pdf")
    assert content != save_figure(titled("A and B"), "pdf")
    streams = re.findall(rb"/Length1 .*?stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    named = {
        name
        for stream in streams
        for name in TTFont(io.BytesIO(zlib.decompress(stream))).getGlyphOrder()
    }
    assert {"uni0416", "uni222E"} <= named, named


def test_a_colour_means_a_condition_and_nothing_else():
    assert not {*ANSWER_COLOURS.values(), *STUDY_COLOURS} & set(COLOURS)
    assert len(set(ANSWER_COLOURS.values())) == len(ANSWER_COLOURS)


def test_each_arrow_of_the_flow_diagram_ends_at_the_border_of_a_box(frames):
    people, _ = frames(n_participants=30, finished_share=0.5)
    analysed = set(people.loc[people["finished_at"].fillna("") != "", "participant_id"])
    flow, dropout = consort_flow(people, analysed), dropout_by_page(people, analysed)
    figure = flow_diagram(flow, dropout)
    figure.draw_without_rendering()
    texts: list[Any] = list(figure.axes[0].texts)
    tops = [each.get_bbox_patch().get_window_extent().y1 for each in texts if each.get_text()]
    arrows = [each.arrow_patch for each in texts if not each.get_text()]
    assert len(arrows) == 6
    for arrow in arrows:
        assert min(abs(arrow.get_window_extent().y0 - top) for top in tops) < 3
