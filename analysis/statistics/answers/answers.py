"""What participants chose: the prediction, the truth, another class, or "I just can't tell"."""

import numpy as np
import pandas as pd

from analysis.data.scores import score_trials
from analysis.data.tallies import tally
from analysis.data.validation import require_known
from analysis.statistics.choices.chance import chance_of
from analysis.statistics.choices.shares import share_with_interval

KINDS = ("prediction", "truth", "other", "cant_tell")
KIND_COLUMNS = (
    "condition",
    "stratum",
    "answer",
    "n_participants",
    "mean",
    "standard_error",
    "ci_low",
    "ci_high",
)
TREATMENTS = ("wrong", "left_out", "credited")
VALUES = {"wrong": 0.0, "left_out": np.nan}


def kinds_of_answers(trials: pd.DataFrame) -> pd.Series:
    """Return the kind of each answer.

    Parameters
    ----------
    trials : DataFrame
        One row per trial, columns `schema.TRIAL_COLUMNS`.

    Returns
    -------
    Series
        One of `KINDS` per answered trial. The prediction comes first: where the model is right, it
        is a true label, and `truth` is another true label.
    """
    answered = trials[trials["response"].notna()]
    kinds = np.select(
        [
            answered["correct"].to_numpy() == 1,
            answered["chose_truth"].to_numpy() == 1,
            answered["cant_tell"].to_numpy() == 1,
        ],
        ["prediction", "truth", "cant_tell"],
        "other",
    )
    return pd.Series(pd.Categorical(kinds, KINDS), index=answered.index, name="answer")


def answer_shares(trials: pd.DataFrame) -> pd.DataFrame:
    """Return the mean over participants of the share of each kind of answer.

    Parameters
    ----------
    trials : DataFrame
        One row per trial, columns `schema.TRIAL_COLUMNS`.

    Returns
    -------
    DataFrame
        By condition, stratum and kind, columns `KIND_COLUMNS`, shares as proportions. The share of
        `truth` where the model is wrong is the projection rate: participants answer what they see
        instead of what the model predicted.
    """
    kinds = kinds_of_answers(trials)
    answered = trials.loc[kinds.index, ["participant_id", "condition", "stratum"]]
    keys = ["condition", "stratum", "participant_id"]
    counts = tally(answered.assign(answer=kinds), [*keys, "answer"])
    wide = (
        counts.set_index([*keys, "answer"])["size"]
        .unstack("answer", fill_value=0)
        .reindex(columns=list(KINDS), fill_value=0)
    )
    shares = wide.div(wide.sum(axis=1), axis=0)
    rows = [
        {"condition": condition, "stratum": stratum, "answer": kind, **_mean(part[kind])}
        for (condition, stratum), part in shares.groupby(level=[0, 1], observed=True)
        for kind in KINDS
    ]
    return pd.DataFrame(rows, columns=list(KIND_COLUMNS))


def _mean(shares: "pd.Series[float]") -> dict[str, float]:
    found = share_with_interval(shares.to_numpy())
    return {name: value for name, value in found.items() if name in KIND_COLUMNS}


def treated_scores(trials: pd.DataFrame, treatment: str) -> pd.DataFrame:
    """Return scores with another treatment of "I just can't tell".

    Parameters
    ----------
    trials : DataFrame
        One row per trial, columns `schema.TRIAL_COLUMNS`.
    treatment : {"wrong", "left_out", "credited"}
        What such an answer counts: 0, nothing, or the chance of guessing right in its trial.

    Returns
    -------
    DataFrame
        One row per participant and stratum, as `analysis.data.scores.score_trials`.

    Raises
    ------
    ValueError
        For another treatment.
    """
    require_known("treatment", treatment, TREATMENTS)
    value = chance_of(trials) if treatment == "credited" else VALUES[treatment]
    unsure = trials["cant_tell"].to_numpy() == 1
    counted = np.where(unsure, value, trials["correct"].to_numpy(dtype=float))
    return score_trials(trials.assign(counted=counted), "counted")
