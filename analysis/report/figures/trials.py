"""Trials as participants saw them, composed of their pictures, captions, question and answers."""

import base64
import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from analysis.report.style import styled

# Pixels along the longer side, enough for print at this size.
PICTURE = 280
# Inches of the figure's width, and of a trial's pictures with captions and one line of text.
WIDTH, PICTURES, LINE = 7.5, 1.5, 0.2
# Pictures side by side, and letters in a line, over the figure's width.
PICTURES_ABREAST, LETTERS = 6, 116
# Lines of a text, at most; the rest is left out.
MOST_LINES = 4
# The largest share of the figure's width for one picture, or one grid of them.
WIDEST = 0.22


@dataclass(frozen=True)
class ShownPicture:
    """A picture of a trial, or several of a kind in a grid."""

    caption: str
    # Data URIs.
    files: tuple[str, ...]
    columns: int = 1


@dataclass(frozen=True)
class ShownTrial:
    """What the page of one trial has."""

    heading: str
    pictures: tuple[ShownPicture, ...]
    # Question and answers, as below the pictures.
    lines: tuple[str, ...]


@styled
def trial_panels(trials: Sequence[ShownTrial]) -> Figure:
    """Return a figure with one panel for each trial.

    Parameters
    ----------
    trials : sequence of ShownTrial
        At least one, each with at least one picture.

    Returns
    -------
    Figure
        As many panels side by side as their pictures leave room for, three at most.
    """
    # As wide with one trial as with several, so that letters have one size.
    most = max(2, *(len(trial.pictures) for trial in trials))
    columns = max(1, min(PICTURES_ABREAST // most, len(trials)))
    rows = -(-len(trials) // columns)
    trials = [_wrapped(trial, LETTERS // columns) for trial in trials]
    height = PICTURES + 0.55 + LINE * max(len(trial.lines) for trial in trials)
    figure = Figure(figsize=(WIDTH, height * rows))
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
    figure.text(
        left + 0.03 * width, top - 0.17 * inch, trial.heading, fontweight="bold", parse_math=False
    )
    each = min(0.94 * width / max(2, len(trial.pictures)), WIDEST)
    # A single picture stands in the middle.
    start = left + (width - each * len(trial.pictures)) / 2
    for place, shown in enumerate(trial.pictures):
        box = (start + place * each, top - (PICTURES + 0.1) * inch, each, 1.2 * inch)
        axes = figure.add_axes(box)
        _show(axes, shown)
        # Pictures of any shape stand on one line, with their captions below it.
        axes.set_anchor("S")
        axes.set_title(shown.caption, fontsize=8, y=0, pad=-12, parse_math=False)
    for place, line in enumerate(trial.lines):
        down = top - (PICTURES + 0.5 + LINE * place) * inch
        figure.text(left + 0.06 * width, down, line, fontsize=8, parse_math=False)


def _wrapped(trial: ShownTrial, letters: int) -> ShownTrial:
    """The trial with texts in lines of at most so long, the further ones of a text indented."""
    lines = [
        piece
        for text in trial.lines
        for piece in textwrap.wrap(
            text, letters, subsequent_indent="   ", max_lines=MOST_LINES, placeholder=" …"
        )
    ]
    return replace(trial, lines=tuple(lines))


def _show(axes: Axes, shown: ShownPicture) -> None:
    tiles = [_picture(address) for address in shown.files]
    width, height = (max(tile.size[side] for tile in tiles) for side in (0, 1))
    gap = width // 20 if len(tiles) > 1 else 0
    columns, rows = min(shown.columns, len(tiles)), -(-len(tiles) // shown.columns)
    whole = Image.new("RGB", (columns * (width + gap) - gap, rows * (height + gap) - gap), "white")
    for place, tile in enumerate(tiles):
        row, column = divmod(place, columns)
        whole.paste(tile, (column * (width + gap), row * (height + gap)))
    axes.imshow(np.asarray(whole), interpolation="antialiased")
    axes.set_axis_off()


def _picture(address: str) -> Image.Image:
    """The picture of a data URI, small enough for a report."""
    content = base64.b64decode(address.partition(",")[2])
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    picture.thumbnail((PICTURE, PICTURE))
    return picture
