"""How long people took, as medians of their visible times."""

import numpy as np
import pandas as pd

from analysis.data.scores import known_scores_of
from analysis.data.validation import require_conditions

TIME_COLUMNS = ("condition", "stratum", "correct", "n_participants", "median_ms", "q1_ms", "q3_ms")


def visible_times(trials: pd.DataFrame) -> "pd.Series[float]":
    """Milliseconds from first paint to answer, without those in which the page was hidden."""
    hidden = trials["hidden_time_ms"].fillna(0)
    return (trials["response_time_ms"] - hidden).rename("visible_ms")


def participant_medians(trials: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Each participant's median visible time within the groups of `by`."""
    timed = trials[trials["response_time_ms"].notna()].copy()
    timed["visible_ms"] = visible_times(timed)
    keys = ["participant_id", "condition", *by]
    return timed.groupby(keys, observed=True)["visible_ms"].median().reset_index()


def time_table(trials: pd.DataFrame) -> pd.DataFrame:
    """Median over participants of their median times, by condition, stratum and correctness.

    The quartiles are those of the participants' medians. Columns `TIME_COLUMNS`, milliseconds.
    """
    keys = ["condition", "stratum", "correct"]
    grouped = participant_medians(trials, ["stratum", "correct"]).groupby(keys, observed=True)
    table = grouped["visible_ms"].quantile([0.25, 0.5, 0.75]).unstack()
    table.columns = pd.Index(["q1_ms", "median_ms", "q3_ms"])
    table["n_participants"] = grouped.size()
    return table.reset_index()[list(TIME_COLUMNS)]


def time_scores(trials: pd.DataFrame, stratum: str, condition: str) -> np.ndarray:
    """Participants' median times in one condition and stratum, for a test between conditions."""
    require_conditions(trials, condition)
    medians = participant_medians(trials, ["stratum"]).rename(columns={"visible_ms": "accuracy"})
    values: np.ndarray = known_scores_of(medians, condition, stratum).to_numpy()
    return values
