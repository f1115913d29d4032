"""Whether participants answer a repeated question as before: agreement and Cohen's kappa."""

import numpy as np
import pandas as pd
from scipy import stats

from analysis.statistics.choices.shares import share_with_interval
from analysis.statistics.ranks.effect_sizes import Interval

RETEST_COLUMNS = (
    "condition",
    "n_participants",
    "n_pairs",
    "agreement",
    "ci_low",
    "ci_high",
    "kappa",
    "kappa_ci_low",
    "kappa_ci_high",
    "accuracy_first",
    "accuracy_second",
)


def further_answers(trials: pd.DataFrame) -> int:
    """Return how many answers are of a participant to an image that they had answered before.

    Parameters
    ----------
    trials : DataFrame
        One row per trial; columns participant_id, item and correct (1, 0, or NaN unanswered).

    Returns
    -------
    int
        Answers beyond each participant's first to each image, in whichever condition.
    """
    answered = trials[trials["correct"].notna()]
    return int(answered.duplicated(["participant_id", "item"]).sum())


def answer_pairs(trials: pd.DataFrame, repeats: pd.DataFrame) -> pd.DataFrame:
    """Return the first and second answers of each question that was answered twice.

    Parameters
    ----------
    trials : DataFrame
        One row per trial; columns participant_id, condition, item, response and correct.
    repeats : DataFrame
        One row per repeated trial; columns participant_id, item and response, NaN where unanswered.

    Returns
    -------
    DataFrame
        Columns participant_id, condition, item, prediction, first and second.
    """
    columns = ["participant_id", "condition", "item", "prediction", "response"]
    first = trials[trials["response"].notna()][columns].astype(str)
    second = repeats[repeats["response"].notna()][["participant_id", "item", "response"]]
    both = first.merge(second.astype(str), on=["participant_id", "item"], suffixes=("", "_again"))
    return both.rename(columns={"response": "first", "response_again": "second"})


def retest_table(pairs: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return how far second answers agree with the first, by condition.

    Parameters
    ----------
    pairs : DataFrame
        As `answer_pairs` makes it.
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        Columns `RETEST_COLUMNS`: the mean over participants of the share of equal answers, with its
        interval as `share_with_interval` has it; `cohens_kappa` of all pairs; and the accuracies of
        the first and the second answers.
    """
    rows = []
    for condition, own in pairs.groupby("condition"):
        same = (own["first"] == own["second"]).groupby(own["participant_id"]).mean()
        share = share_with_interval(same.to_numpy(dtype=float), level)
        kappa = cohens_kappa(own, level)
        rows.append(
            {
                "condition": str(condition), "n_participants": len(same), "n_pairs": len(own),
                "agreement": share["mean"], "ci_low": share["ci_low"], "ci_high": share["ci_high"],
                "kappa": kappa.estimate, "kappa_ci_low": kappa.ci_low,
                "kappa_ci_high": kappa.ci_high,
                "accuracy_first": (own["first"] == own["prediction"]).mean(),
                "accuracy_second": (own["second"] == own["prediction"]).mean(),
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(RETEST_COLUMNS))


def cohens_kappa(pairs: pd.DataFrame, level: float = 0.95) -> Interval:
    """Return Cohen's kappa of first and second answers.

    Parameters
    ----------
    pairs : DataFrame
        Columns participant_id, first and second.
    level : float
        Confidence level.

    Returns
    -------
    Interval
        1 where all agree, 0 for as much agreement as by chance; NaN where one answer alone occurs.
        The interval is Student's, from a jackknife that leaves out one participant at a time, since
        a participant's pairs are not independent; NaN where all participants agree alike.

    References
    ----------
    Cohen (1960), A coefficient of agreement for nominal scales. Efron and Tibshirani (1993), An
    introduction to the bootstrap, chapter 11.
    """
    answers = pd.concat([pairs["first"], pairs["second"]])
    codes, _ = pd.factorize(answers, sort=True)
    people, _ = pd.factorize(pairs["participant_id"], sort=True)
    n, n_answers = people.max() + 1, codes.max() + 1
    counts = [
        np.bincount(people * n_answers + half, minlength=n * n_answers).reshape(n, n_answers)
        for half in np.split(codes, 2)
    ]
    agreed = np.bincount(people, weights=pairs["first"].to_numpy() == pairs["second"].to_numpy())
    estimate = float(_kappa(agreed.sum(), *(each.sum(axis=0) for each in counts)))
    if n < 2:
        return Interval(estimate, float("nan"), float("nan"))
    without = _kappa(agreed.sum() - agreed, *(each.sum(axis=0) - each for each in counts))
    values = n * estimate - (n - 1) * without
    error = float(np.std(values, ddof=1) / np.sqrt(n))
    if not error > 1e-12:
        return Interval(estimate, float("nan"), float("nan"))
    half = float(stats.t.ppf((1 + level) / 2, n - 1)) * error
    return Interval(estimate, max(-1.0, estimate - half), min(1.0, estimate + half))


def _kappa(agreed: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Kappa of numbers of equal pairs and of each answer; the last axis is that of the answers."""
    total = first.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = (first * second).sum(axis=-1) / total**2
        found: np.ndarray = (agreed / total - expected) / (1 - expected)
    return found
