"""Trials as participants saw them, composed of their pictures, captions, question and answers."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from analysis.report.style import styled

# Pixels along the longer side, enough for print at this size.
PICTURE = 280
COLUMNS = 3
# Inches of one trial: its width, its pictures with captions, and one line of text.
WIDTH, PICTURES, LINE = 2.5, 1.5, 0.2
LONGEST_LINE = 44


@dataclass(frozen=True)
class ShownTrial:
    """What the page of one trial has."""

    heading: str
    # Caption and data URI.
    pictures: tuple[tuple[str, str], ...]
    question: str
    # In the order shown.
    options: tuple[str, ...]
    # Further lines below the answers.
    further: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """Question and answers, as below the pictures."""
        return [self.question, *(f"○ {option}" for option in self.options), *self.further]


@styled
def trial_panels(trials: Sequence[ShownTrial]) -> Figure:
    """Return a figure with one panel for each trial.

    Parameters
    ----------
    trials : sequence of ShownTrial
        At least one.

    Returns
    -------
    Figure
        Up to three panels side by side.
    """
    # As wide with one trial as with three, so that letters have one size.
    columns = COLUMNS
    rows = -(-len(trials) // columns)
    height = PICTURES + 0.5 + LINE * max(len(trial.lines) for trial in trials)
    figure = Figure(figsize=(WIDTH * columns, height * rows))
    FigureCanvasAgg(figure)
    for place, trial in enumerate(trials):
        left, top = place % columns / columns, 1 - place // columns / rows
        _draw(figure, trial, (left, top), (1 / columns, 1 / rows), height)
    return figure


def _draw(
    figure: Figure,
    trial: ShownTrial,
    corner: tuple[float, float],
    size: tuple[float, float],
    inches: float,
) -> None:
    """One panel below and right of a corner, in shares of the figure."""
    (left, top), (width, height) = corner, size
    inch = height / inches
    figure.text(left + 0.03 * width, top - 0.17 * inch, trial.heading, fontweight="bold")
    each = 0.94 * width / max(2, len(trial.pictures))
    # A single picture stands in the middle.
    start = left + (width - each * len(trial.pictures)) / 2
    for place, (caption, address) in enumerate(trial.pictures):
        box = (start + place * each, top - (PICTURES + 0.1) * inch, each, 1.2 * inch)
        axes = figure.add_axes(box)
        _show(axes, address)
        axes.set_title(caption, fontsize=8, y=-0.17)
    for place, line in enumerate(trial.lines):
        short = line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"
        down = top - (PICTURES + 0.45 + LINE * place) * inch
        figure.text(left + 0.06 * width, down, short, fontsize=8)


def _show(axes: Axes, address: str) -> None:
    axes.imshow(np.asarray(_picture(address)), interpolation="antialiased")
    axes.set_axis_off()


def _picture(address: str) -> Image.Image:
    """The picture of a data URI, small enough for a report."""
    content = base64.b64decode(address.partition(",")[2])
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    picture.thumbnail((PICTURE, PICTURE))
    return picture
