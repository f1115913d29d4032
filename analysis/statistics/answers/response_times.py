"""How long participants took, as medians of their visible times."""

import numpy as np
import pandas as pd

from analysis.data.scores import known_scores_of
from analysis.data.validation import require_conditions

TIME_COLUMNS = ("condition", "stratum", "correct", "n_participants", "median_ms", "q1_ms", "q3_ms")


def visible_times(trials: pd.DataFrame) -> "pd.Series[float]":
    """Return the time from first paint to answer during which the page was visible.

    Parameters
    ----------
    trials : DataFrame
        One row per trial; columns response_time_ms and hidden_time_ms (NaN counts as 0).

    Returns
    -------
    Series
        Milliseconds; NaN where unanswered.
    """
    hidden = trials["hidden_time_ms"].fillna(0)
    return (trials["response_time_ms"] - hidden).rename("visible_ms")


def participant_medians(trials: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return each participant's median visible time within groups of trials.

    Parameters
    ----------
    trials : DataFrame
        One row per trial, columns `schema.TRIAL_COLUMNS`.
    by : list of str
        Columns that define the groups; none for one group of all trials.

    Returns
    -------
    DataFrame
        Columns participant_id, condition, those of `by`, and visible_ms, in milliseconds.
    """
    keys = ["participant_id", "condition", *by]
    # Of the columns, those that are needed: to copy the others takes longer than the medians.
    times = trials[[*keys, "response_time_ms", "hidden_time_ms"]]
    timed = times[times["response_time_ms"].notna()]
    timed = timed.assign(visible_ms=visible_times(timed))
    return timed.groupby(keys, observed=True)["visible_ms"].median().reset_index()


def time_table(trials: pd.DataFrame) -> pd.DataFrame:
    """Return quartiles over participants of their median times.

    Parameters
    ----------
    trials : DataFrame
        One row per trial, columns `schema.TRIAL_COLUMNS`.

    Returns
    -------
    DataFrame
        By condition, stratum and correctness, columns `TIME_COLUMNS`, in milliseconds.
    """
    keys = ["condition", "stratum", "correct"]
    grouped = participant_medians(trials, ["stratum", "correct"]).groupby(keys, observed=True)
    table = grouped["visible_ms"].quantile(np.array([0.25, 0.5, 0.75])).unstack()
    table.columns = pd.Index(["q1_ms", "median_ms", "q3_ms"])
    table["n_participants"] = grouped.size()
    return table.reset_index()[list(TIME_COLUMNS)]


def time_scores(medians: pd.DataFrame, stratum: str, condition: str) -> np.ndarray:
    """Return participants' median times in one condition, for a test between conditions.

    Parameters
    ----------
    medians : DataFrame
        Of `participant_medians` by stratum.
    stratum, condition : str
        One of `schema.STRATA`, and a condition of the trials.

    Returns
    -------
    ndarray, shape (n_participants,)
        Milliseconds, without NaN.

    Raises
    ------
    ValueError
        For another stratum or condition.
    """
    require_conditions(medians, condition)
    scores = medians.rename(columns={"visible_ms": "accuracy"})
    values: np.ndarray = known_scores_of(scores, condition, stratum).to_numpy()
    return values
