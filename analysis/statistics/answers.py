"""What participants chose: the prediction, the truth, another class, or "I just can't tell"."""

import numpy as np
import pandas as pd

from analysis.data.scores import score_trials
from analysis.data.validation import require_known
from analysis.statistics.shares import share_with_interval

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
# What guessing among four classes would earn for an answer that was not given.
CREDIT = 0.25


def kinds_of_answers(trials: pd.DataFrame) -> pd.Series:
    """For each answered trial which of `KINDS` it is; the prediction counts first.

    Where the model is right the prediction is a true label; `truth` is then another true label.
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
    """Mean share (over participants) of each kind of answer, columns `KIND_COLUMNS`.

    The share of `truth` where the model is wrong is the projection rate: people answer what they
    see themselves instead of what the model saw.
    """
    kinds = kinds_of_answers(trials)
    answered = trials.loc[kinds.index, ["participant_id", "condition", "stratum"]]
    keys = ["condition", "stratum", "participant_id"]
    counts = answered.assign(answer=kinds).groupby([*keys, "answer"], observed=True).size()
    wide = counts.unstack("answer", fill_value=0).reindex(columns=list(KINDS), fill_value=0)
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
    """Long scores with "I just can't tell" as `wrong`, `left_out`, or `credited` with 1/4.

    Raises ValueError for another treatment.
    """
    require_known("treatment", treatment, TREATMENTS)
    value = {"wrong": 0.0, "left_out": np.nan, "credited": CREDIT}[treatment]
    told = trials["cant_tell"].to_numpy() == 1
    counted = np.where(told, value, trials["correct"].to_numpy(dtype=float))
    return score_trials(trials.assign(counted=counted), "counted")
