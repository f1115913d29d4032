"""Who came, who stayed, and whether one condition drove more people away."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from analysis.study_data import has_finished

# Stages of the flow, in order, each with the column whose value says that it was reached.
STAGES = ("arrived", "consented", "assigned", "introduced", "started", "finished", "analysed")


def consort_flow(participants: pd.DataFrame, analysed: set[str]) -> pd.DataFrame:
    """Participants who reached each stage, a row a stage, a column a condition (CONSORT).

    Introduced: went on from the introduction; started: at least one answer. Those who left before a
    condition was assigned are in none.
    """
    reached = {
        "arrived": _given(participants["arrived_at"]),
        "consented": _given(participants["consented_at"]),
        "assigned": _given(participants["assigned_at"]),
        "introduced": participants["status"].ne("in_introduction"),
        "started": participants["n_answered"] > 0,
        "finished": has_finished(participants),
        "analysed": participants["participant_id"].isin(analysed),
    }
    conditions = participants["condition"].astype("str")
    return pd.DataFrame(
        {stage: reached[stage].groupby(conditions).sum() for stage in STAGES}
    ).T.rename_axis("stage")


def _given(column: "pd.Series[str]") -> "pd.Series[bool]":
    return column.fillna("").ne("")


def dropout_by_trial(participants: pd.DataFrame) -> pd.DataFrame:
    """How many left after so many answers, a row a count of answers, a column a condition."""
    left = assigned(participants)
    left = left[~has_finished(left)]
    counts = left.groupby(["n_answered", "condition"], observed=True).size()
    return counts.unstack("condition", fill_value=0)


def assigned(participants: pd.DataFrame) -> pd.DataFrame:
    """Those to whom a condition was assigned."""
    return participants[participants["condition"].notna()]


@dataclass(frozen=True)
class DifferentialAttrition:
    """Whether the share of finishers, and the time of leaving, differ between conditions."""

    p_finished: float
    method: str
    log_rank_chi2: float
    p_log_rank: float


def differential_attrition(participants: pd.DataFrame) -> DifferentialAttrition:
    """Fisher's exact test for two conditions, else chi-squared, and the log-rank test over trials.

    NaN where nobody or everybody left.
    """
    people = assigned(participants)
    finished = has_finished(people)
    if finished.nunique() < 2 or people["condition"].nunique() < 2:
        return DifferentialAttrition(np.nan, "none: nobody left, or everybody", np.nan, np.nan)
    table = pd.crosstab(people["condition"].astype(str), finished).to_numpy()
    if len(table) == 2:
        p, method = float(stats.fisher_exact(table).pvalue), "Fisher’s exact test"
    else:
        p, method = float(stats.chi2_contingency(table, correction=False).pvalue), "χ² test"
    return DifferentialAttrition(p, method, *_log_rank(people))


def _log_rank(people: pd.DataFrame) -> tuple[float, float]:
    try:
        chi2, p = survdiff(*survival_data(people))
    except np.linalg.LinAlgError:
        # Whenever somebody left, only one condition was still there: nothing to compare.
        return float("nan"), float("nan")
    return float(chi2), float(p)


def survival_data(people: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each person answers given, 1 for having left (0: finished), and the condition.

    Someone who left after k answers left at trial k + 1; who finished was there until the end.
    """
    left = ~has_finished(people).to_numpy()
    times = people["n_answered"].to_numpy(dtype=float) + left
    return times, left.astype(int), people["condition"].astype(str).to_numpy()


def kaplan_meier(participants: pd.DataFrame) -> pd.DataFrame:
    """Share still taking part at each trial, with Greenwood's standard error.

    Columns condition, trial (from 0), n_at_risk, share, standard_error. Each curve ends where the
    longest participant did.
    """
    times, events, conditions = survival_data(assigned(participants))
    curves = [
        _curve(times[conditions == name], events[conditions == name], times.max()).assign(
            condition=name
        )
        for name in sorted(set(conditions))
    ]
    return pd.concat(curves, ignore_index=True)


def _curve(times: np.ndarray, events: np.ndarray, end: float) -> pd.DataFrame:
    found = SurvfuncRight(times, events)
    share = [1.0, *found.surv_prob]
    error = [0.0, *found.surv_prob_se]
    return pd.DataFrame(
        {
            "trial": [0.0, *found.surv_times, end],
            "n_at_risk": [len(times), *found.n_risk, int((times >= end).sum())],
            "share": [*share, share[-1]],
            "standard_error": [*error, error[-1]],
        }
    )
