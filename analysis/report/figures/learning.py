"""Accuracy over the sequence of trials."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from analysis.data.labels import condition_label
from analysis.report.figures.plots import legend_below, whole_ticks
from analysis.report.style import COLOURS, LINES, panel_figure, styled

# Curves in one panel, at most; more of them have a panel each, and these stand side by side.
TOGETHER, ABREAST = 4, 4
# Inches of a row of panels.
ROW = 1.55
OTHERS = "#c9ced6"
Part = tuple[str, pd.DataFrame]


@styled
def learning_curves(table: pd.DataFrame) -> Figure:
    """Return accuracy at each position of the sequence with its standard error, by condition.

    Parameters
    ----------
    table : DataFrame
        Columns of `learning.accuracy_by_trial`.
    """
    parts = [(str(name), part) for name, part in table.groupby("condition", observed=True)]
    return _together(parts) if len(parts) <= TOGETHER else _side_by_side(parts)


def _together(parts: list[Part]) -> Figure:
    figure, [axes] = panel_figure(7.2, 2.8)
    for place, (condition, part) in enumerate(parts):
        label = f"{condition_label(condition)} ({_size(part)})"
        _draw(axes, part, COLOURS[place], LINES[place % len(LINES)], label)
    _set_axes(axes, parts)
    axes.set_xlabel("trial, in the participant’s own order")
    axes.set_ylabel("named the prediction")
    legend_below(figure, axes)
    return figure


def _side_by_side(parts: list[Part]) -> Figure:
    rows = -(-len(parts) // ABREAST)
    figure = Figure(figsize=(7.2, 0.45 + ROW * rows), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(rows, ABREAST, sharex=True, sharey=True, squeeze=False)
    panels = list(grid.ravel())
    for axes in panels[len(parts) :]:
        axes.set_axis_off()
    for axes, (condition, part) in zip(panels, parts, strict=False):
        for _, other in parts:
            axes.plot(other["trial_index"], other["mean"], color=OTHERS, linewidth=0.5, zorder=1)
        _draw(axes, part, COLOURS[0], "-", "")
        heading = f"{condition_label(condition)} ({_size(part)})"
        axes.set_title(heading, loc="left", fontsize=8, parse_math=False)
        _set_axes(axes, parts)
    figure.supxlabel("trial, in the participant’s own order", fontsize=9)
    figure.supylabel("named the prediction", fontsize=9)
    return figure


def _draw(axes: Axes, part: pd.DataFrame, colour: str, line: str, label: str) -> None:
    index, mean = part["trial_index"].to_numpy(), part["mean"].to_numpy()
    error = part["standard_error"].to_numpy()
    axes.plot(
        index, mean, color=colour, linestyle=line, marker="o", markersize=2.5, label=label, zorder=3
    )
    axes.fill_between(index, mean - error, mean + error, color=colour, alpha=0.15, linewidth=0)


def _set_axes(axes: Axes, parts: list[Part]) -> None:
    longest = max(float(part["trial_index"].max()) for _, part in parts)
    axes.set_ylim(0, 1)
    # From the first trial on.
    axes.set_xticks([1, *whole_ticks(longest)[1:]])
    axes.yaxis.set_major_formatter(PercentFormatter(1))


def _size(part: pd.DataFrame) -> str:
    return f"n = {part['n_participants'].max()}"
