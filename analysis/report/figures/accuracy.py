"""Accuracy at one glance: everybody's score, and the mean of each condition."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from analysis.data.labels import condition_label
from analysis.data.schema import ASKED_STRATA
from analysis.report.figures.plots import TITLES
from analysis.report.style import COLOURS, panel_figure, styled

# Square points of the mark of one participant, and of the largest mark.
SMALLEST, LARGEST = 10.0, 260.0


@styled
def accuracy_dots(scores: pd.DataFrame, accuracy: pd.DataFrame) -> Figure:
    """Return scores as circles by condition, with means and intervals, by stratum.

    Parameters
    ----------
    scores : DataFrame
        Columns `schema.SCORE_COLUMNS`.
    accuracy : DataFrame
        Columns `descriptives.ACCURACY_COLUMNS`.

    Returns
    -------
    Figure
        A circle's area is the number of participants with that accuracy, so a study of any size
        has few marks; the line is the mean with its 95 % interval.
    """
    conditions = list(accuracy["condition"].unique())
    height = 1.1 + 0.5 * len(conditions)
    figure, panels = panel_figure(7.2, height, columns=len(ASKED_STRATA), sharey=True)
    for axes, stratum in zip(panels, ASKED_STRATA, strict=True):
        own = scores[scores["stratum"] == stratum]
        _draw_people(axes, own, conditions)
        _draw_means(axes, accuracy[accuracy["stratum"] == stratum], conditions)
        axes.set_title(TITLES[stratum], loc="left")
        axes.set_xlabel("predictions named, of those asked about")
        axes.set_xlim(-0.04, 1.04)
        axes.xaxis.set_major_formatter(PercentFormatter(1))
        axes.grid(True, axis="x")
        axes.grid(False, axis="y")
    panels[0].set_yticks(range(len(conditions)), [condition_label(name) for name in conditions])
    panels[0].set_ylim(len(conditions) - 0.5, -0.5)
    return figure


def _draw_people(axes: Axes, scores: pd.DataFrame, conditions: list[str]) -> None:
    counts = scores.groupby(["condition", "accuracy"], observed=True).size()
    most = max(counts.max() if len(counts) else 1, LARGEST / SMALLEST)
    for place, condition in enumerate(conditions):
        if condition not in counts.index.get_level_values("condition"):
            continue
        own = counts.xs(condition, level="condition")
        axes.scatter(
            own.index.to_numpy(dtype=float),
            np.full(len(own), place + 0.17),
            s=np.maximum(SMALLEST, LARGEST * own.to_numpy() / most),
            color=COLOURS[place % len(COLOURS)],
            alpha=0.45,
            linewidth=0,
        )


def _draw_means(axes: Axes, accuracy: pd.DataFrame, conditions: list[str]) -> None:
    for row in accuracy.to_dict("records"):
        place, mean = conditions.index(row["condition"]), row["mean"]
        ends = [[mean - row["ci_low"]], [row["ci_high"] - mean]]
        axes.errorbar(
            [mean], [place - 0.17], xerr=np.clip(ends, 0, 1), fmt="D", markersize=5, linewidth=1.6,
            capsize=3, color=COLOURS[place % len(COLOURS)], markeredgecolor="#1b2027",
        )  # fmt: skip
