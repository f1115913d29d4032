"""Answers on scales, one bar per question and condition."""

import textwrap

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from analysis.data.labels import condition_label
from analysis.report.style import panel_figure, styled

# Letters of a question in one line above its bars.
LINE = 95
# Rows between the last bar of a question and the next question's first line, and of a line.
GAP, LINE_ROWS = 0.5, 0.62
# Inches of a row.
ROW = 0.27


@styled
def scale_bars(counts: pd.DataFrame, points: list[str]) -> Figure:
    """Return bars divided by the points of a scale, from light for 1 to dark for the last.

    Parameters
    ----------
    counts : DataFrame
        Columns of `distributions.count_values`, and `topic`, the question in words.
    points : list of str
        The points in their order.
    """
    bars, heads, end = _places(counts)
    figure, [axes] = panel_figure(7.2, 0.9 + ROW * end)
    start = np.zeros(len(bars))
    for point, colour in zip(points, _colours(len(points)), strict=True):
        own = counts[counts["value"] == point].set_index(["topic", "condition"])["share"]
        widths = np.array([own.get(key, 0.0) for _, key in bars])
        axes.barh(
            [row for row, _ in bars], np.nan_to_num(widths), left=start, height=0.72, color=colour,
            edgecolor="#545d6b", linewidth=0.4, label=point,
        )  # fmt: skip
        start += np.nan_to_num(widths)
    for row, text in heads:
        axes.text(0, row, text, ha="left", va="top", fontsize=8, fontweight="bold")
    axes.set_yticks([row for row, _ in bars], [condition_label(name) for _, (_, name) in bars])
    axes.set_ylim(end, -0.1)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.set_xlabel("share of those who answered")
    axes.grid(False)
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(points))
    return figure


def _colours(n: int) -> np.ndarray:
    """Steps of one colour, which differ in greyscale and for every kind of colour blindness."""
    return mpl.colormaps["Blues"](np.linspace(0.06, 0.95, n))


def _places(
    counts: pd.DataFrame,
) -> tuple[list[tuple[float, tuple[str, str]]], list[tuple[float, str]], float]:
    """The row of each bar, the row and lines of each question, and the number of rows."""
    bars, heads, row = [], [], 0.0
    for topic, part in counts.groupby("topic", sort=False):
        lines = textwrap.wrap(str(topic), LINE)
        heads.append((row, "\n".join(lines)))
        row += LINE_ROWS * len(lines) + 0.5
        for condition in part["condition"].unique():
            bars.append((row, (str(topic), str(condition))))
            row += 1
        row += GAP - 0.5
    return bars, heads, row
