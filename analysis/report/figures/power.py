"""The figure of a sample-size plan."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from analysis.report.figures.plots import legend_below
from analysis.report.style import COLOURS, LINES, panel_figure, styled

AXES = {
    "n_per_condition": "participants per condition, after attrition",
    "n_items": "images of the tested stratum",
}


@styled
def power_curves(table: pd.DataFrame, wanted: float, x: str) -> Figure:
    """Return the plot of simulated powers with 95 % intervals.

    One line for each value of the column `line`, by the column `x`, with its ceiling dotted where
    the column `ceiling` has one.
    """
    figure, [axes] = panel_figure(6.2, 3.0)
    ceilings: list[Line2D] = []
    wanted_line = axes.axhline(wanted, color=COLOURS[5], linewidth=0.9, linestyle="--")
    lines = list(table.groupby("line", sort=False))
    for place, (name, part) in enumerate(lines):
        colour = COLOURS[place % (len(COLOURS) - 1)]
        power, where = part["power"].to_numpy(), part[x].to_numpy()
        errors = [power - part["ci_low"].to_numpy(), part["ci_high"].to_numpy() - power]
        axes.errorbar(
            where, power, yerr=np.clip(errors, 0, 1), fmt="o", markersize=3, color=colour,
            linestyle=LINES[place % 3], label=str(name),
        )  # fmt: skip
        top = part["ceiling"].to_numpy()
        if not np.isnan(top).all():
            ceilings += axes.plot(where, top, ":", color=colour, linewidth=1)
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.set_xlabel(AXES[x])
    axes.set_ylabel("power")
    if ceilings:
        ceilings[0].set_label("ceiling: infinitely many participants")
    if len(lines) > 1 or ceilings:
        wanted_line.set_label("wanted power")
        legend_below(figure, axes)
    return figure
