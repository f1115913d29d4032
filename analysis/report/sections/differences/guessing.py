"""Each condition's accuracy against guessing."""

import numpy as np
import pandas as pd

from analysis.data.labels import condition_label, stratum_label
from analysis.data.schema import ASKED_STRATA, Row
from analysis.data.scores import conditions_of, scores_of
from analysis.data.study_data import StudyData, analysed_trials
from analysis.data.tallies import tally
from analysis.report.numbers import count, fixed, p_value, percent, percent_interval
from analysis.report.tables import Table
from analysis.statistics.choices.chance import chance_of
from analysis.statistics.choices.shares import share_with_interval
from analysis.statistics.means.mean_tests import CHANCE, MeanTest, against_chance
from analysis.statistics.means.permutation import (
    RESAMPLES,
    PermutationTest,
    sign_flip_test,
)

# When no other arrangement is as far out as the observed one.
SMALLEST_P = p_value(1 / (RESAMPLES + 1))
# The interval of a condition without scores.
NOBODY = {"ci_low": float("nan"), "ci_high": float("nan")}
KEYS = ["participant_id", "condition", "stratum"]


def offered(study: StudyData) -> str:
    """Among what one would guess; scores do not say how many classes there were."""
    return "four classes" if study.trials is None else "the classes offered"


def chance_table(study: StudyData) -> Table:
    """Each condition in each stratum against guessing, participants as the unit."""
    chances = _chances(study)
    rows = [
        _row(stratum, condition, scores_of(study.scores, condition, stratum), chances)
        for stratum in ASKED_STRATA
        for condition in conditions_of(study.scores)
    ]
    text = [
        {
            "Stratum": stratum_label(row["stratum"]),
            "Condition": condition_label(row["condition"]),
            "n": count(row["n_participants"]),
            "Guessing (%)": percent(row["chance"]),
            "Difference": percent(row["above_chance"]),
            "95 % CI": percent_interval(row["ci_low"], row["ci_high"]),
            "t": fixed(row["t"]),
            "p": p_value(row["p_value"]),
            "Sign-flip p": p_value(row["sign_flip_p"]),
        }
        for row in rows
    ]
    return Table(
        "table_chance",
        f"Accuracy against guessing among {offered(study)}",
        pd.DataFrame(rows),
        pd.DataFrame(text),
        f"{_meaning(study)} Difference: mean accuracy minus guessing, in percentage points, with"
        " the interval of the table of accuracy and Student’s two-sided t test (n − 1 degrees of"
        " freedom); t and p are missing where all scores are equal. Below 0, other answers, such as"
        " what the image really shows or “I just can’t tell”, were chosen more often than by"
        " guessing. n:"
        f" participants, the unit of both tests. Sign-flip p: over {count(RESAMPLES)} seeded flips"
        f" of the participants’ distances from guessing, at least {SMALLEST_P}.",
        text_columns=2,
    )


def _meaning(study: StudyData) -> str:
    if study.trials is None:
        return (
            "Scores do not say how many classes were offered: 25 % is for four, as in the published"
            " study."
        )
    return (
        "Guessing: one of the classes that each trial offered, all equally likely, without “I just"
        " can’t tell”."
    )


def _row(
    stratum: str, condition: str, scores: "pd.Series[float]", chances: "pd.Series[float]"
) -> Row:
    values, chance = scores.to_numpy(), chances[scores.index].to_numpy()
    test, flipped = _tests(values, chance)
    expected = float(np.mean(chance)) if len(chance) else float("nan")
    found = share_with_interval(values) if len(values) else NOBODY
    return {
        "stratum": stratum, "condition": condition, "n_participants": len(values),
        "chance": expected, "above_chance": test.difference.estimate,
        "ci_low": found["ci_low"] - expected, "ci_high": found["ci_high"] - expected,
        "t": test.statistic, "degrees_of_freedom": test.df,
        "p_value": test.pvalue, "sign_flip_p": flipped.pvalue,
    }  # fmt: skip


def _tests(values: np.ndarray, chance: np.ndarray) -> tuple[MeanTest, PermutationTest]:
    """Of the distances from guessing, which usually is the same for everybody."""
    if not len(chance) or np.ptp(chance) < 1e-9:
        level = float(chance[0]) if len(chance) else CHANCE
        return against_chance(values, level), sign_flip_test(values, level)
    return against_chance(values - chance, 0.0), sign_flip_test(values - chance, 0.0)


def _chances(study: StudyData) -> "pd.Series[float]":
    """For each row of the scores, how often guessing would be right in its trials."""
    if study.trials is None:
        return pd.Series(CHANCE, index=study.scores.index)
    answered = analysed_trials(study, study.trials[[*KEYS, "options_shown", "correct"]])
    answered = answered[answered["correct"].notna()]
    found = tally(answered.assign(chance=chance_of(answered)), KEYS, "chance")
    groups = pd.MultiIndex.from_frame(found[KEYS].astype(str))
    means = pd.Series((found["sum"] / found["size"]).to_numpy(), index=groups)
    wanted = pd.MultiIndex.from_frame(study.scores[KEYS].astype(str))
    return pd.Series(means.reindex(wanted).to_numpy(), index=study.scores.index)
