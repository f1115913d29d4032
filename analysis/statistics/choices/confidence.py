"""How sure participants were, and whether that fits how often they were right."""

import numpy as np
import pandas as pd

from analysis.statistics.choices.shares import share_with_interval
from analysis.statistics.descriptives import mean_with_interval


def confidence_table(trials: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return the mean confidence of correct and of wrong answers, by condition.

    Parameters
    ----------
    trials : DataFrame
        One row per trial; columns participant_id, condition, correct (1, 0 or NaN unanswered) and
        confidence (1 to 5, NaN where it was not asked).
    level : float
        Confidence level of the intervals.

    Returns
    -------
    DataFrame
        Columns condition, correct, and those of `mean_with_interval`, over participants' means.
    """
    keys = ["condition", "correct"]
    rated = _rated(trials).astype({"correct": "int64"})
    grouped = rated.groupby([*keys, "participant_id"], observed=True)["confidence"]
    rows = []
    for (condition, correct), part in grouped.mean().reset_index().groupby(keys, observed=True):
        row = mean_with_interval(part["confidence"].to_numpy(dtype=float), level)
        rows.append({"condition": condition, "correct": correct, **row})
    return pd.DataFrame(rows)


def calibration_table(trials: pd.DataFrame) -> pd.DataFrame:
    """Return the share of correct answers at each level of confidence, by condition.

    Parameters
    ----------
    trials : DataFrame
        As for `confidence_table`.

    Returns
    -------
    DataFrame
        Columns condition, confidence, n_answers, n_participants, share_correct, which is of all
        answers, and the columns of `share_with_interval`, over participants' shares at the level.
    """
    rows = []
    for (condition, confidence), part in _rated(trials).groupby(
        ["condition", "confidence"], observed=True
    ):
        people = part.groupby("participant_id", observed=True)["correct"].mean()
        rows.append(
            {
                "condition": condition,
                "confidence": confidence,
                "n_answers": len(part),
                "share_correct": float(part["correct"].mean()),
                **share_with_interval(people.to_numpy(dtype=float)),
            }
        )
    return pd.DataFrame(rows)


def discrimination_table(trials: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return how well confidence separates a participant's correct from wrong answers.

    Parameters
    ----------
    trials : DataFrame
        As for `confidence_table`.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    DataFrame
        Columns condition and those of `mean_with_interval`, over participants with correct and
        wrong answers: the area under the curve, 0.5 where confidence says nothing and 1 where
        every correct answer was given with more confidence than every wrong one.

    References
    ----------
    Nelson (1984), A comparison of current measures of the accuracy of feeling-of-knowing
    predictions; Fleming and Lau (2014), How to measure metacognition, on the type 2 ROC area.
    """
    areas = confidence_auc(trials).dropna()
    return pd.DataFrame(
        {"condition": condition, **mean_with_interval(part.to_numpy(), level)}
        for condition, part in areas.groupby(level="condition", observed=True)
    )


def confidence_auc(trials: pd.DataFrame) -> pd.Series:
    """Return how well each participant's confidence separates correct answers from wrong ones.

    Parameters
    ----------
    trials : DataFrame
        As for `confidence_table`.

    Returns
    -------
    Series
        By condition and participant_id: the area under the type-2 ROC curve, 0 to 1, ties counted
        by half; NaN where all answers are correct, or all are wrong.

    Notes
    -----
    It is the Mann-Whitney statistic of a participant's answers divided by the number of pairs.
    """
    keys = ["condition", "participant_id"]
    rated = _rated(trials)
    rank = rated.groupby(keys, observed=True)["confidence"].rank()
    sums = rated.assign(n=1, rank=rank * rated["correct"]).groupby(keys, observed=True)
    found = sums[["n", "correct", "rank"]].sum()
    n_right, n_wrong = found["correct"], found["n"] - found["correct"]
    above = found["rank"] - n_right * (n_right + 1) / 2
    return above / (n_right * n_wrong).replace(0, np.nan)


def _rated(trials: pd.DataFrame) -> pd.DataFrame:
    return trials[trials["confidence"].notna() & trials["correct"].notna()]
