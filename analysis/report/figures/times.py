"""Response times by condition."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.data.schema import ASKED_STRATA
from analysis.report.figures.plots import TITLES, rows_of_conditions
from analysis.report.style import COLOURS, panel_figure, styled

# Whether the answer named the prediction -> label, mark and its filling.
KINDS = {1.0: ("The prediction", "o", COLOURS[0]), 0.0: ("All others", "s", "white")}


@styled
def time_dots(times: pd.DataFrame) -> Figure:
    """Return medians with quartiles by condition, one panel for each stratum.

    Parameters
    ----------
    times : DataFrame
        Columns of `response_times.time_table`.
    """
    conditions = sorted(times["condition"].astype(str).unique())
    figure, panels = panel_figure(7.2, 1.2 + 0.34 * len(conditions), len(ASKED_STRATA), sharey=True)
    for axes, stratum in zip(panels, ASKED_STRATA, strict=True):
        part = times[times["stratum"] == stratum]
        for place, (correct, (label, mark, filling)) in enumerate(KINDS.items()):
            own = part[part["correct"] == correct]
            rows = [conditions.index(str(name)) + 0.3 * (place - 0.5) for name in own["condition"]]
            median, q1, q3 = (
                own[f"{name}_ms"].to_numpy() / 1000 for name in ("median", "q1", "q3")
            )
            axes.errorbar(
                median, rows, xerr=np.clip([median - q1, q3 - median], 0, None), fmt=mark,
                markersize=4.5, linewidth=1, color=COLOURS[0], markerfacecolor=filling, label=label,
            )  # fmt: skip
        axes.set_title(TITLES[stratum], loc="left")
        axes.set_xlabel("seconds")
        axes.set_xlim(0, 1.05 * max(1, times["q3_ms"].max() / 1000))
    rows_of_conditions(figure, panels, conditions)
    return figure
