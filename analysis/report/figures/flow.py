"""The flow of participants as CONSORT draws it: each person in one of the boxes at the sides."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.data.labels import condition_label
from analysis.report.numbers import count
from analysis.report.style import panel_figure, styled
from analysis.statistics.attrition import INTRODUCTION, UNASSIGNED

# More conditions than this would need letters too small to read; the table has them.
MOST_CONDITIONS = 5
BORDER = "#545d6b"
# Pages in the diagram’s words; all other trials are one step, other endings are as they are.
STEPS = {INTRODUCTION: "in the introduction", "trial 1": "before an answer"}
DURING = "during the trials"


# Across the middle, and the height of the bar from which the conditions hang.
TRUNK, BAR = 0.5, 0.7
# Texts are drawn at 3; what ends at their boxes comes later.
AFTER_BOXES = 4


def losses(dropout: pd.DataFrame, condition: str) -> dict[str, int]:
    """Return how many of a condition were lost at each step, without the steps that lost none."""
    found: dict[str, int] = {}
    if condition not in dropout:
        return found
    for page, n in zip(dropout["page"], dropout[condition], strict=True):
        words = STEPS.get(page, DURING if page.startswith("trial ") else page)
        if n:
            found[words] = found.get(words, 0) + int(n)
    return found


@styled
def flow_diagram(flow: pd.DataFrame, dropout: pd.DataFrame, unit: str = "condition") -> Figure:
    """Return the flow diagram.

    Parameters
    ----------
    flow : DataFrame
        As `attrition.consort_flow` returns it, for at most `MOST_CONDITIONS` conditions.
    dropout : DataFrame
        Where those ended who are not analysed, as `attrition.dropout_by_page` returns it.
    unit : str
        What participants are assigned to.

    Returns
    -------
    Figure
        Arrived, those without a condition at the side, then a column for each condition.
    """
    conditions = [str(name) for name in flow.columns if name != UNASSIGNED]
    before = losses(dropout, UNASSIGNED)
    lost = {name: losses(dropout, name) for name in conditions}
    lines = max([1, len(before), *map(len, lost.values())])
    # Without a box at the side, nothing stands between the top and the conditions.
    figure, [axes] = panel_figure(7.2, (3.0 if before else 2.4) + 0.2 * lines)
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    places = [(place + 0.5) / len(conditions) for place in range(len(conditions))]
    axes.plot([TRUNK, TRUNK], [0.93, BAR], color=BORDER, linewidth=1, zorder=0)
    axes.plot([min(TRUNK, *places), max(TRUNK, *places)], [BAR, BAR], color=BORDER, linewidth=1)
    _draw(axes, f"Arrived: {count(int(flow.to_numpy()[0].sum()))}", TRUNK, 0.95)
    if before:
        why = "\n".join(f"{words}: {count(n)}" for words, n in before.items())
        side = _draw(axes, f"No {unit}: {count(sum(before.values()))}\n{why}", 0.66, 0.81, "left")
        _arrow(axes, (TRUNK, 0.81), (0.66, 0.81), None, side)
    for name, x in zip(conditions, places, strict=True):
        _column(axes, flow[name], name, lost[name], x)
    return figure


def _column(
    axes: Axes, column: "pd.Series[int]", name: str, lost: Mapping[str, int], x: float
) -> None:
    """One condition: assigned, lost, analysed."""
    why = "\n".join(f"{words}: {count(n)}" for words, n in lost.items())
    heights = [BAR, 0.54, 0.29, 0.04]
    texts = [
        f"{condition_label(name)}\nassigned: {count(column['assigned'])}",
        f"Lost: {count(sum(lost.values()))}\n{why}".strip(),
        f"Analysed: {count(column['analysed'])}",
    ]
    box: Text | None = None
    for above, below, text in zip(heights, heights[1:], texts, strict=False):
        before, box = box, _draw(axes, text, x, below)
        _arrow(axes, (x, above), (x, below), before, box)


def _arrow(
    axes: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    before: Text | None,
    after: Text,
) -> None:
    """An arrow from the border of one box to that of another, whose sizes are known once drawn."""
    arrow = {"arrowstyle": "-|>", "color": BORDER, "shrinkA": 0, "shrinkB": 0}
    patches = {
        "patchA": before.get_bbox_patch() if before else None,
        "patchB": after.get_bbox_patch(),
    }
    axes.annotate("", end, start, zorder=AFTER_BOXES, arrowprops=arrow | patches)


def _draw(axes: Axes, text: str, x: float, y: float, align: str = "center") -> Text:
    return axes.text(
        x, y, text, ha="left" if align == "left" else "center", va="center", fontsize=8,
        multialignment=align,
        bbox={"boxstyle": "round,pad=0.45", "facecolor": "white", "edgecolor": BORDER},
    )  # fmt: skip
