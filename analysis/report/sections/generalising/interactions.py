"""How the difference between conditions changes where the model was wrong, for these images."""

import math
from itertools import combinations

import pandas as pd

from analysis.data.schema import MODEL_RIGHT, MODEL_WRONG, Row
from analysis.data.scores import conditions_of, scores_of
from analysis.data.study_data import StudyData
from analysis.statistics.means.mean_tests import mean_difference
from analysis.statistics.means.paired import paired_difference
from analysis.statistics.ranks.effect_sizes import Interval


def interaction_rows(study: StudyData) -> list[Row]:
    """How much larger each difference a - b is where the model was wrong than where it was right.

    For the images of the study, over participants: each one's accuracy where the model was wrong
    minus that where it was right, compared by Welch's interval, or by the bootstrap of the
    participants' differences where they saw both conditions.
    """
    return [
        _row(study, first, second) for first, second in combinations(conditions_of(study.scores), 2)
    ]


def _row(study: StudyData, first: str, second: str) -> Row:
    a, b = (_wrong_minus_right(study, name) for name in (first, second))
    are_paired = study.design.are_paired(first, second)
    if are_paired:
        both = a.index.intersection(b.index).sort_values()
        a, b = a[both], b[both]
    found = _difference_of_differences(a, b, are_paired=are_paired)
    return {
        "condition_a": first, "condition_b": second, "n_a": len(a), "n_b": len(b),
        "difference": found.estimate, "ci_low": found.ci_low, "ci_high": found.ci_high,
    }  # fmt: skip


def _difference_of_differences(
    a: "pd.Series[float]", b: "pd.Series[float]", *, are_paired: bool
) -> Interval:
    if are_paired:
        return paired_difference(a.to_numpy(), b.to_numpy())
    if not len(a) or not len(b):
        return Interval(math.nan, math.nan, math.nan)
    return mean_difference(a.to_numpy(), b.to_numpy())


def _wrong_minus_right(study: StudyData, condition: str) -> "pd.Series[float]":
    """Each participant's accuracy where the model was wrong minus that where it was right."""
    wrong, right = (_by_participant(study, condition, name) for name in (MODEL_WRONG, MODEL_RIGHT))
    return (wrong - right).dropna().astype(float)


def _by_participant(study: StudyData, condition: str, stratum: str) -> "pd.Series[float]":
    scores = scores_of(study.scores, condition, stratum)
    people = study.scores.loc[scores.index, "participant_id"]
    return pd.Series(scores.to_numpy(), index=people.to_numpy())
