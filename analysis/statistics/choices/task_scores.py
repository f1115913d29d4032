"""Per condition: accuracy against each trial's own chance, and detection."""

import pandas as pd

from analysis.statistics.choices.chance import chance_of
from analysis.statistics.choices.detection import detection, exact_share
from analysis.statistics.means.mean_tests import against_chance, t_interval

CHANCE_COLUMNS = (
    "condition", "n_participants", "n_trials", "n_correct", "share", "exact_low", "exact_high",
    "mean", "chance", "difference", "ci_low", "ci_high", "t", "df", "p_value",
)  # fmt: skip
DETECTION_COLUMNS = (
    "condition", "measure", "n_participants", "mean", "ci_low", "ci_high",
)  # fmt: skip


def accuracy_against_chance(trials: pd.DataFrame) -> pd.DataFrame:
    """Return the accuracy of each condition against the chance of its own trials.

    Parameters
    ----------
    trials : DataFrame
        One row per trial, columns `schema.TRIAL_COLUMNS`.

    Returns
    -------
    DataFrame
        Columns `CHANCE_COLUMNS`. `share` is of all answers, with Clopper and Pearson's interval,
        which takes answers as independent; `mean` to `p_value` are over participants: a one-sample
        t test of each participant's accuracy minus the mean chance of their trials.
    """
    answered = trials[trials["correct"].notna()]
    answered = answered.assign(chance=chance_of(answered))
    rows = []
    for condition, part in answered.groupby("condition", observed=True, sort=True):
        people = part.groupby("participant_id", observed=True)[["correct", "chance"]].mean()
        above = (people["correct"] - people["chance"]).to_numpy()
        test = against_chance(above, 0)
        n_correct = int(part["correct"].sum())
        rows.append(
            (
                str(condition), len(people), len(part), n_correct,
                *exact_share(n_correct, len(part)),
                float(people["correct"].mean()), float(people["chance"].mean()),
                test.difference.estimate, test.difference.ci_low, test.difference.ci_high,
                test.statistic, test.df, test.pvalue,
            )
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(CHANCE_COLUMNS))


def detection_table(trials: pd.DataFrame, signal: str) -> pd.DataFrame:
    """Return sensitivity and bias of each condition in judgements between two answers.

    Parameters
    ----------
    trials : DataFrame
        One row per trial, columns `schema.TRIAL_COLUMNS`; `prediction` is the right answer.
    signal : str
        The answer that counts as "yes".

    Returns
    -------
    DataFrame
        Columns `DETECTION_COLUMNS`, `measure` being `d_prime` or `criterion`: means over the
        participants who were asked about both answers, with Student's interval.
    """
    answered = trials[trials["response"].notna()]
    said, right = answered["response"] == signal, answered["prediction"] == signal
    frame = answered.assign(hit=said & right, signal=right, false_alarm=said & ~right)
    keys = ["condition", "participant_id"]
    grouped = frame.groupby(keys, observed=True)
    counts = grouped[["hit", "signal", "false_alarm"]].sum().assign(n=grouped.size())
    found = [
        detection(int(row["hit"]), int(row["signal"]), int(row["false_alarm"]),
                  int(row["n"]) - int(row["signal"]))
        for row in counts.to_dict("records")
    ]  # fmt: skip
    values = counts.assign(
        d_prime=[each.d_prime for each in found], criterion=[each.criterion for each in found]
    )
    return _means(values, ("d_prime", "criterion"))


def _means(values: pd.DataFrame, measures: tuple[str, ...]) -> pd.DataFrame:
    rows = []
    for condition, part in values.groupby(level="condition", observed=True, sort=True):
        for measure in measures:
            known = part[measure].dropna().to_numpy()
            mean = float(known.mean()) if len(known) else float("nan")
            low, high = t_interval(known) if len(known) > 1 else (float("nan"), float("nan"))
            rows.append((str(condition), measure, len(known), mean, low, high))
    return pd.DataFrame(rows, columns=list(DETECTION_COLUMNS))
