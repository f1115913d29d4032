"""Figures that are the same on every run."""

import xml.etree.ElementTree as ElementTree

import pytest

from analysis.drawing import inline_svg, save_figure
from analysis.figures import score_histograms


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_two_runs_give_the_same_bytes(published, kind):
    first, second = (save_figure(score_histograms(published), kind) for _ in range(2))
    assert first == second
    assert len(first) > 5000


def test_every_participant_is_in_a_bar_of_each_panel(published):
    for axes in score_histograms(published).axes:
        heights = sum(bar.get_height() for bar in axes.patches)
        assert heights == 98


def test_an_inline_figure_is_one_element_with_a_text_alternative(published):
    text = inline_svg(score_histograms(published), 'Scores < "all"')
    element = ElementTree.fromstring(text)  # noqa: S314 - our own figure
    assert element.get("role") == "img"
    assert element.get("aria-label") == 'Scores < "all"'
