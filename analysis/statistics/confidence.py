"""How sure participants were, and whether that fits how often they were right."""

import numpy as np
import pandas as pd

from analysis.statistics.descriptives import mean_with_interval
from analysis.statistics.mann_whitney import u_statistic


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
        Columns condition, confidence, n_answers, n_participants, share_correct; the share is of
        answers.
    """
    grouped = _rated(trials).groupby(["condition", "confidence"], observed=True)
    found = grouped.agg(
        n_answers=("correct", "size"),
        n_participants=("participant_id", "nunique"),
        share_correct=("correct", "mean"),
    )
    return found.reset_index()


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
    rows = []
    for condition, part in _rated(trials).groupby("condition", observed=True):
        areas = [
            area
            for _, own in part.groupby("participant_id", observed=True)
            if not np.isnan(area := _area(own))
        ]
        if areas:
            rows.append({"condition": condition, **mean_with_interval(np.array(areas), level)})
    return pd.DataFrame(rows)


def _area(answers: pd.DataFrame) -> float:
    """U of the confidence of correct over wrong answers, as a share of all pairs."""
    confidence, right = answers["confidence"].to_numpy(float), answers["correct"].to_numpy() == 1
    pairs = int(right.sum()) * int((~right).sum())
    return u_statistic(confidence[right], confidence[~right]) / pairs if pairs else float("nan")


def _rated(trials: pd.DataFrame) -> pd.DataFrame:
    return trials[trials["confidence"].notna() & trials["correct"].notna()]
