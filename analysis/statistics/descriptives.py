"""Accuracy by condition and stratum: mean over participants, its standard error and interval."""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data.schema import STRATA
from analysis.data.scores import conditions_of, scores_of
from analysis.data.validation import require_known
from analysis.statistics.shares import share_with_interval, standard_deviation

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
    """Mean accuracy (a proportion) of each condition and stratum, columns `ACCURACY_COLUMNS`.

    The participant is the unit: the standard error is the standard deviation of the participants'
    accuracies (n - 1) over the square root of their number, the interval is `share_interval`. Both
    are NaN for a single participant.
    """
    rows = [
        {"condition": condition, "stratum": stratum, **share_with_interval(values, level)}
        for condition in conditions_of(scores)
        for stratum in STRATA
        if len(values := scores_of(scores, condition, stratum).to_numpy())
    ]
    return pd.DataFrame(rows, columns=list(ACCURACY_COLUMNS))


def mean_with_interval(values: np.ndarray, level: float = 0.95) -> dict[str, float]:
    """Mean, spread and t interval of any numbers (one a participant), as columns of a table.

    Numbers that are all equal do not show how far others would lie: their interval is NaN. Shares
    have an interval of their own, `shares.share_with_interval`.
    """
    n = len(values)
    deviation = standard_deviation(values)
    error = deviation / np.sqrt(n)
    half = stats.t.ppf((1 + level) / 2, n - 1) * error if error > 0 else np.nan
    mean = float(np.mean(values))
    return {
        "n_participants": n,
        "mean": mean,
        "standard_deviation": deviation,
        "standard_error": float(error),
        "ci_low": float(mean - half),
        "ci_high": float(mean + half),
    }


def score_histogram(scores: pd.DataFrame, stratum: str) -> pd.DataFrame:
    """Participants by number of correct answers (figure 6): a row a count, a column a condition.

    Rows run from 0 to the largest number of trials anyone was asked in the stratum.
    """
    require_known("stratum", stratum, STRATA)
    chosen = scores[(scores["stratum"] == stratum) & scores["accuracy"].notna()]
    longest = int(chosen["n_trials"].max()) if len(chosen) else 0
    counts = chosen.groupby(["n_correct", "condition"]).size().unstack("condition", fill_value=0)
    rows = pd.RangeIndex(longest + 1, name="n_correct")
    return counts.reindex(index=rows, columns=conditions_of(scores), fill_value=0)
