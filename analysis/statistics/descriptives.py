"""Accuracy by condition and stratum: mean over participants, standard error and interval."""

import numpy as np
import pandas as pd

from analysis.data.schema import STRATA
from analysis.data.scores import conditions_of, scores_of
from analysis.data.validation import require_known
from analysis.statistics.choices.shares import share_with_interval, standard_deviation
from analysis.statistics.means.mean_tests import t_interval

ACCURACY_COLUMNS = (
    "condition",
    "stratum",
    "n_participants",
    "mean",
    "standard_deviation",
    "standard_error",
    "ci_low",
    "ci_high",
)


def accuracy_table(scores: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return the mean accuracy of each condition and stratum.

    Parameters
    ----------
    scores : DataFrame
        One row per participant and stratum, as `analysis.data.scores` makes it.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    DataFrame
        Columns `ACCURACY_COLUMNS`, accuracies as proportions. The participant is the unit: the
        standard error is the standard deviation of the participants' accuracies (n - 1) over the
        square root of their number, the interval is `share_interval`. Both are NaN for a single
        participant.
    """
    rows = [
        {"condition": condition, "stratum": stratum, **share_with_interval(values, level)}
        for condition in conditions_of(scores)
        for stratum in STRATA
        if len(values := scores_of(scores, condition, stratum).to_numpy())
    ]
    return pd.DataFrame(rows, columns=list(ACCURACY_COLUMNS))


def mean_with_interval(values: np.ndarray, level: float = 0.95) -> dict[str, float]:
    """Return the mean of any numbers, its spread and its t interval, as columns of a table.

    Parameters
    ----------
    values : ndarray, shape (n,)
        One number per participant, in any unit, without NaN; n >= 1. Shares have an interval of
        their own, `shares.share_with_interval`.
    level : float
        Confidence level of the interval.

    Returns
    -------
    dict
        `n_participants`, `mean`, `standard_deviation`, `standard_error`, `ci_low`, `ci_high`; the
        interval is NaN where all numbers are equal, since nothing shows how far others would lie.
    """
    deviation = standard_deviation(values)
    low, high = t_interval(values, level)
    return {
        "n_participants": len(values),
        "mean": float(np.mean(values)),
        "standard_deviation": deviation,
        "standard_error": float(deviation / np.sqrt(len(values))),
        "ci_low": low,
        "ci_high": high,
    }


def score_histogram(scores: pd.DataFrame, stratum: str) -> pd.DataFrame:
    """Return the number of participants by number of correct answers (figure 6 of the paper).

    Parameters
    ----------
    scores : DataFrame
        One row per participant and stratum, as `analysis.data.scores` makes it.
    stratum : str
        One of `schema.STRATA`.

    Returns
    -------
    DataFrame
        One row per count, from 0 to the largest number of trials of any participant in the
        stratum; one column per condition.

    Raises
    ------
    ValueError
        For another stratum.
    """
    require_known("stratum", stratum, STRATA)
    chosen = scores[(scores["stratum"] == stratum) & scores["accuracy"].notna()]
    longest = int(chosen["n_trials"].max()) if len(chosen) else 0
    counts = chosen.groupby(["n_correct", "condition"]).size().unstack("condition", fill_value=0)
    rows = pd.RangeIndex(longest + 1, name="n_correct")
    return counts.reindex(index=rows, columns=conditions_of(scores), fill_value=0)
