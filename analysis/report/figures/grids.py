"""Shares as a grid of cells, each with its number: as short as a table, and read at a glance."""

from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.report.style import panel_figure, styled

# Inches of a row, of what stands above and below the rows, and of a slanted label.
ROW, FRAME, SLANTED = 0.24, 0.75, 0.5
# Columns from which on their labels, if they are words, are slanted; and the numbers smaller.
MANY = 6
# Of a label, at most.
LETTERS = 28
# The darkest cell; darker ones would hide their numbers.
DARKEST = 0.75
# How bright red, green and blue are, and the brightest ground of white numbers.
BRIGHTNESS, PALEST = np.array([0.299, 0.587, 0.114]), 0.5
INK = "#1d2430"


@styled
def share_grid(
    shares: pd.DataFrame, axis_label: str = "", even: float = 0, marked: pd.DataFrame | None = None
) -> Figure:
    """Return one cell for each share with its percentage, darker where it is larger.

    Parameters
    ----------
    shares : DataFrame
        Shares from 0 to 1, NaN for an empty cell; index and columns are the labels in words.
    axis_label : str
        What the columns are.
    even : float
        Where it is above 0, cells are coloured by how far they are above or below it.
    marked : DataFrame
        Of the same shape: 1 for cells with a frame.

    Returns
    -------
    Figure
        As high as its rows need.
    """
    is_slanted = shares.shape[1] >= MANY and any(len(str(name)) > 3 for name in shares.columns)
    height = FRAME + ROW * len(shares) + SLANTED * is_slanted
    figure, [axes] = panel_figure(7.2, height)
    values = shares.to_numpy(dtype=float)
    colours = _colours(values, even)
    axes.pcolormesh(colours, edgecolors="white", linewidth=1)
    _write_numbers(axes, values, colours)
    if marked is not None:
        _frame(axes, marked.to_numpy(dtype=float) == 1)
    words: dict[str, Any] = {"parse_math": False}
    slant: dict[str, Any] = {"rotation": 30, "ha": "right"} if is_slanted else {}
    axes.set_xticks(np.arange(shares.shape[1]) + 0.5, _labels(shares.columns), **words, **slant)
    axes.set_yticks(np.arange(len(shares)) + 0.5, _labels(shares.index), **words)
    axes.tick_params(length=0)
    axes.set_ylim(len(shares), 0)
    axes.set_xlabel(axis_label)
    axes.grid(False)
    axes.spines[["left", "bottom"]].set_visible(False)
    return figure


def _labels(names: "pd.Index[Any]") -> list[str]:
    words = [str(name) for name in names]
    return [word if len(word) <= LETTERS else f"{word[: LETTERS - 1]}…" for word in words]


def _colours(values: np.ndarray, even: float) -> np.ndarray:
    """The colour of each cell, as rows of red, green, blue and opacity."""
    if even:
        # A small difference stays pale.
        reach = max(even, float(np.nanmax(np.abs(values - even), initial=0)))
        colours = mpl.colormaps["PuOr_r"](0.5 + 0.45 * np.nan_to_num(values - even) / reach)
    else:
        largest = float(np.nanmax(values, initial=0)) or 1
        colours = mpl.colormaps["Blues"](DARKEST * np.nan_to_num(values) / largest)
    colours[np.isnan(values)] = 1
    return np.asarray(colours)


def _write_numbers(axes: Axes, values: np.ndarray, colours: np.ndarray) -> None:
    size = 8 if values.shape[1] < 2 * MANY else 6.5
    brightness = colours[..., :3] @ BRIGHTNESS
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            axes.text(
                column + 0.5, row + 0.5, f"{100 * value:.0f}", ha="center", va="center",
                fontsize=size, color="white" if brightness[row, column] < PALEST else INK,
            )  # fmt: skip


def _frame(axes: Axes, marked: np.ndarray) -> None:
    for row, column in np.argwhere(marked):
        corners = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
        across, down = zip(*corners, strict=True)
        axes.plot(
            np.array(across) * 0.94 + column + 0.03, np.array(down) * 0.86 + row + 0.07,
            color=INK, linewidth=1.1,
        )  # fmt: skip
