"""One function for each figure."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, PercentFormatter

from analysis.data.labels import answer_label, condition_label
from analysis.data.schema import ASKED_STRATA, MODEL_RIGHT, MODEL_WRONG
from analysis.report.style import COLOURS, HATCHES, LINES, panel_figure, styled
from analysis.statistics.answers.answers import KINDS
from analysis.statistics.descriptives import score_histogram

TITLES = {
    MODEL_WRONG: "Where the model was wrong",
    MODEL_RIGHT: "Where the model was right",
}
# Behind every second row of a figure with many rows.
BAND = "#f3f5f7"
# Inches of a mark, a letter and a row of a legend, at most.
LEGEND_MARK, LEGEND_LETTER, LEGEND_ROW = 0.6, 0.085, 0.19
# The answers, from the prediction to none, and the two studies: in greys, since a colour is a
# condition's in every figure.
ANSWER_COLOURS = dict(zip(KINDS, ("#2f3640", "#7d8794", "#b9c0c9", "#eceff2"), strict=True))
STUDY_COLOURS = ("#7d8794", "#1b2027")


@styled
def score_histograms(scores: pd.DataFrame) -> Figure:
    """Participants by number of predictions named (figure 6 of the paper), by stratum."""
    figure, panels = panel_figure(7.2, 2.9, columns=len(ASKED_STRATA), sharey=True)
    for axes, stratum in zip(panels, ASKED_STRATA, strict=True):
        _draw_histogram(axes, score_histogram(scores, stratum))
        axes.set_title(TITLES[stratum], loc="left")
    panels[0].set_ylabel("participants")
    legend_below(figure, panels[0])
    return figure


def _draw_histogram(axes: Axes, counts: pd.DataFrame) -> None:
    width = 0.84 / max(1, counts.shape[1])
    for place, condition in enumerate(counts.columns):
        offset = (place - (counts.shape[1] - 1) / 2) * width
        axes.bar(
            counts.index.to_numpy() + offset,
            counts[condition].to_numpy(),
            width,
            color=COLOURS[place % len(COLOURS)],
            # The seventh has the first one’s colour with another hatching.
            hatch=HATCHES[(place + place // len(COLOURS)) % len(HATCHES)],
            edgecolor="white",
            linewidth=0.4,
            label=f"{condition_label(condition)} (n = {int(counts[condition].sum())})",
        )
    axes.set_xlabel(f"predictions named, of {len(counts) - 1}")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes.set_xlim(-0.7, max(1, len(counts) - 1) + 0.7)


def rows_of_conditions(figure: Figure, panels: Sequence[Axes], conditions: Sequence[str]) -> None:
    """Name the rows of panels, one for each condition from the top, and add the legend below."""
    for axes in panels:
        axes.grid(True, axis="x")
        axes.grid(False, axis="y")
    panels[0].set_yticks(range(len(conditions)), [condition_label(name) for name in conditions])
    panels[0].set_ylim(len(conditions) - 0.5, -0.5)
    legend_below(figure, panels[0])


def legend_below(figure: Figure, axes: Axes) -> None:
    """Add the legend below the panels, and the height that it needs."""
    handles, labels = axes.get_legend_handles_labels()
    # Data with their intervals first, then lines that are no data.
    order = sorted(range(len(handles)), key=lambda k: isinstance(handles[k], Line2D))
    handles, labels = [handles[k] for k in order], [labels[k] for k in order]
    width, height = figure.get_size_inches()
    # As many columns as the longest label allows; each row after the first adds to the height.
    widest = LEGEND_MARK + LEGEND_LETTER * max((len(label) for label in labels), default=0)
    columns = max(1, min(4, len(labels), int(width / widest)))
    rows = math.ceil(len(labels) / columns)
    figure.set_size_inches(width, height + LEGEND_ROW * max(0, rows - 1))
    figure.legend(handles, labels, loc="outside lower center", ncols=columns)


@styled
def answer_bars(shares: pd.DataFrame) -> Figure:
    """What participants chose: one bar per condition, divided by kind of answer, by stratum."""
    conditions = sorted(shares["condition"].unique())
    height = 1.3 + 0.38 * len(conditions)
    figure, panels = panel_figure(7.2, height, columns=len(ASKED_STRATA), sharey=True)
    for axes, stratum in zip(panels, ASKED_STRATA, strict=True):
        part = shares[shares["stratum"] == stratum].set_index(["condition", "answer"])["mean"]
        _draw_shares(axes, part, conditions)
        axes.set_title(TITLES[stratum], loc="left")
        axes.set_xlabel("mean share of a participant’s answers")
    panels[0].set_yticks(range(len(conditions)), [condition_label(name) for name in conditions])
    panels[0].invert_yaxis()
    legend_below(figure, panels[0])
    return figure


def _draw_shares(axes: Axes, shares: "pd.Series[float]", conditions: list[str]) -> None:
    start = np.zeros(len(conditions))
    for kind in KINDS:
        widths = np.array([shares.get((name, kind), 0.0) for name in conditions])
        axes.barh(
            range(len(conditions)),
            widths,
            left=start,
            height=0.62,
            color=ANSWER_COLOURS[kind],
            edgecolor="#545d6b",
            linewidth=0.4,
            label=answer_label(kind),
        )
        start += widths
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.grid(False)


@styled
def retention_curves(curves: pd.DataFrame) -> Figure:
    """Kaplan-Meier share still in the study, one step line per condition, with 95 % bands.

    Below the axis, the number of participants still in the study, one line per condition.
    """
    figure, [axes] = panel_figure(7.2, 2.9 + 0.17 * curves["condition"].nunique())
    ticks = whole_ticks(float(curves["trial"].max()))
    for place, (condition, part) in enumerate(curves.groupby("condition")):
        trial, share = part["trial"].to_numpy(), part["share"].to_numpy()
        line = COLOURS[place % len(COLOURS)]
        axes.step(
            trial, share, where="post", color=line, linestyle=LINES[place % len(LINES)],
            label=condition_label(str(condition)),
        )  # fmt: skip
        low, high = part["ci_low"].to_numpy(), part["ci_high"].to_numpy()
        axes.fill_between(trial, low, high, step="post", color=line, alpha=0.15, linewidth=0)
    axes.set_ylim(0, 1.03)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    _label_with_numbers(axes, curves, ticks)
    axes.set_ylabel("still in the study")
    legend_below(figure, axes)
    return figure


def _label_with_numbers(axes: Axes, curves: pd.DataFrame, ticks: list[int]) -> None:
    """Below each tick, the participants still in the study, one line per condition."""
    axes.set_xlabel("trial")
    axes.set_xticks(ticks)
    beneath = axes.get_xaxis_transform()
    # In points below the axis, its tick labels and its label.
    below: dict[str, Any] = {
        "textcoords": "offset points",
        "va": "top",
        "fontsize": 8,
        "annotation_clip": False,
    }
    for place, (name, part) in enumerate(curves.groupby("condition")):
        line, colour = -34 - 12 * place, COLOURS[place % len(COLOURS)]
        axes.annotate(
            condition_label(str(name)), (0, 0), (-14, line), xycoords="axes fraction", ha="right",
            color=colour, **below,
        )  # fmt: skip
        for tick in ticks:
            axes.annotate(
                str(_still_there(part, tick)), (tick, 0), (0, line), xycoords=beneath, ha="center",
                **below,
            )  # fmt: skip


def whole_ticks(end: float) -> list[int]:
    step = max(1, round(end / 6))
    return list(range(0, int(end) + 1, step))


def _still_there(curve: pd.DataFrame, tick: int) -> int:
    """The number at risk at a trial: that of the next step, or of the last."""
    later = curve[curve["trial"] >= tick]
    return int((later if len(later) else curve.tail(1))["n_at_risk"].iloc[0])


@styled
def original_dots(means: pd.DataFrame) -> Figure:
    """Mean accuracies with 95 % intervals, the published study's above this one's, by stratum.

    Columns study, condition, stratum, mean, ci_low, ci_high (0 to 1); one row per condition.
    """
    conditions = list(dict.fromkeys(means["condition"]))
    figure, panels = panel_figure(7.2, 1.2 + 0.45 * len(conditions), len(ASKED_STRATA), sharey=True)
    for axes, stratum in zip(panels, ASKED_STRATA, strict=True):
        for place, (study, part) in enumerate(
            means[means["stratum"] == stratum].groupby("study", sort=False)
        ):
            rows = [conditions.index(name) + 0.3 * (place - 0.5) for name in part["condition"]]
            mean = part["mean"].to_numpy()
            errors = [mean - part["ci_low"].to_numpy(), part["ci_high"].to_numpy() - mean]
            axes.errorbar(
                mean, rows, xerr=np.clip(errors, 0, 1), fmt="os"[place], markersize=4.5,
                linewidth=1, color=STUDY_COLOURS[place], label=str(study),
            )  # fmt: skip
        axes.set_title(TITLES[stratum], loc="left")
        axes.set_xlabel("mean accuracy")
        axes.set_xlim(-0.02, 1.02)
        axes.xaxis.set_major_formatter(PercentFormatter(1))
    rows_of_conditions(figure, panels, conditions)
    return figure


@styled
def item_dots(table: pd.DataFrame) -> Figure:
    """Share of participants who named each item's prediction, one row per item, by stratum."""
    strata = [stratum for stratum in ASKED_STRATA if (table["stratum"] == stratum).any()]
    longest = max(table[table["stratum"] == name]["item"].nunique() for name in strata)
    # A row has room for each condition's mark.
    row = max(0.2, 0.09 * table["condition"].nunique())
    figure, panels = panel_figure(7.2, 1.2 + row * longest, columns=len(strata))
    for axes, stratum in zip(panels, strata, strict=True):
        _draw_items(axes, table[table["stratum"] == stratum])
        axes.set_title(TITLES[stratum], loc="left")
        axes.set_xlabel("participants who named the prediction")
    legend_below(figure, panels[0])
    return figure


def _draw_items(axes: Axes, table: pd.DataFrame) -> None:
    items = sorted(table["item"].unique())
    conditions = sorted(table["condition"].unique())
    step = min(0.28, 0.7 / len(conditions))
    for row in range(1, len(items), 2):
        axes.axhspan(row - 0.5, row + 0.5, color=BAND, linewidth=0)
    for place, condition in enumerate(conditions):
        part = table[table["condition"] == condition].set_index("item").reindex(items)
        rows = np.arange(len(items)) + (place - (len(conditions) - 1) / 2) * step
        accuracy = part["accuracy"].to_numpy()
        errors = [accuracy - part["ci_low"].to_numpy(), part["ci_high"].to_numpy() - accuracy]
        axes.errorbar(
            accuracy, rows, xerr=np.clip(errors, 0, 1), fmt="osD^v"[place % 5], markersize=3.2,
            linewidth=0.8, color=COLOURS[place % len(COLOURS)],
            label=f"{condition_label(condition)} ({_sizes(part)})",
        )  # fmt: skip
    axes.set_yticks(range(len(items)), items, fontsize=6.5)
    axes.set_ylim(len(items) - 0.4, -0.6)
    axes.set_xlim(-0.02, 1.02)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.grid(True, axis="x")
    axes.grid(False, axis="y")


def _sizes(part: pd.DataFrame) -> str:
    """The number of participants who saw an image: n = 31, or n = 30–31."""
    ends = sorted({int(part["n_participants"].min()), int(part["n_participants"].max())})
    return f"n = {'–'.join(map(str, ends))}"
