"""Who came, who stayed, and whether one condition drove more people away."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from analysis.data.study_data import has_finished
from analysis.statistics.shares import wilson

# Stages of the flow, in order.
STAGES = ("arrived", "consented", "assigned", "introduced", "started", "finished", "analysed")
# The column of those who were never assigned to a condition.
UNASSIGNED = "not_assigned"
# Where somebody is who left neither at a page nor at a trial, by status.
ENDINGS = {"withdrawn": "withdrew", "screened_out": "screened out", "full": "no place left"}
BEFORE, INTRODUCTION, AFTER = "before the introduction", "introduction", "after the trials"
UNANSWERED = "finished without an answer"


def consort_flow(participants: pd.DataFrame, analysed: set[str]) -> pd.DataFrame:
    """Participants who reached each stage, a row a stage, a column a condition (CONSORT).

    Introduced: went on from the introduction; started: at least one answer. Somebody who withdrew
    took along what they gave, so that no stage after the assignment is known of them. Those without
    a condition, if any, are in the column `UNASSIGNED`: a row's sum is everybody.
    """
    status, conditions = participants["status"].astype("str"), _columns(participants)
    finished = has_finished(participants)
    started = participants["n_answered"] > 0
    reached = {
        "arrived": _given(participants["arrived_at"]),
        "consented": _given(participants["consented_at"]),
        "assigned": participants["condition"].notna(),
        "introduced": status.isin(("in_trials", "finished")) | started | finished,
        "started": started,
        "finished": finished,
        "analysed": participants["participant_id"].isin(analysed),
    }
    table = pd.DataFrame({stage: reached[stage].groupby(conditions).sum() for stage in STAGES}).T
    return table[_ordered(conditions)].rename_axis("stage").rename_axis("condition", axis=1)


def _given(column: "pd.Series[str]") -> "pd.Series[bool]":
    return column.fillna("").ne("")


def _columns(participants: pd.DataFrame) -> "pd.Series[str]":
    return participants["condition"].astype("str").fillna(UNASSIGNED).rename("condition")


def _ordered(conditions: "pd.Series[str]") -> list[str]:
    """Conditions in their order, those without one last."""
    return sorted(conditions.unique(), key=lambda name: (name == UNASSIGNED, name))


def dropout_by_page(participants: pd.DataFrame, analysed: set[str] | None = None) -> pd.DataFrame:
    """Where everybody is who is not analysed, columns page and one a condition; in their order.

    A page is the first that somebody did not get past: one before the condition was assigned, the
    introduction, a trial by its place in the sequence, the pages after the last trial; or it is the
    ending of those who withdrew, were screened out or found no place left. Pages at which nobody is
    have no row. Without `analysed`, everybody who finished is.
    """
    finished = has_finished(participants)
    stayed = finished if analysed is None else participants["participant_id"].isin(analysed)
    conditions = _columns(participants)
    pages = [
        _page(*row)
        for row in zip(
            participants["status"].astype("str"),
            participants["condition"].notna(),
            finished,
            participants["n_answered"],
            participants["n_trials"],
            strict=True,
        )
    ]
    left = pd.DataFrame(pages, columns=["place", "page"], index=participants.index)[~stayed]
    counts = left.groupby([left["place"], left["page"], conditions[~stayed]]).size()
    table = counts.unstack("condition", fill_value=0)
    columns = pd.Index(_ordered(conditions), name="condition")
    table = table.reindex(columns=columns, fill_value=0)
    return table.reset_index("page").reset_index(drop=True)


def _page(
    status: str, is_assigned: bool, finished: bool, n_answered: int, n_trials: int
) -> tuple[float, str]:
    """The place in the order of the pages, and the page, at which one participant ended."""
    if status in ENDINGS:
        # After all pages: where they were is not kept.
        return np.inf, ENDINGS[status]
    if not is_assigned:
        return -1, BEFORE
    if finished:
        return n_trials + 2, UNANSWERED
    if status == "in_introduction":
        return 0, INTRODUCTION
    if n_answered >= n_trials:
        return n_trials + 1, AFTER
    return n_answered + 1, f"trial {n_answered + 1}"


def assigned(participants: pd.DataFrame) -> pd.DataFrame:
    """Those to whom a condition was assigned."""
    return participants[participants["condition"].notna()]


@dataclass(frozen=True)
class DifferentialAttrition:
    """Whether the share of finishers, and the time of leaving, differ between conditions."""

    chi2_finished: float
    p_finished: float
    method: str
    log_rank_chi2: float
    p_log_rank: float


def differential_attrition(participants: pd.DataFrame) -> DifferentialAttrition:
    """The N - 1 chi-squared test of the share who finished, and the log-rank test over trials.

    NaN where nobody or everybody left. Those who withdrew did not finish, and are in the first test
    alone, since nobody knows when they left. Fisher's test stands in for two conditions where fewer
    than one leaver or finisher is expected in one: it keeps its level there, but errs in far fewer
    than 5 % of studies elsewhere. Source: Campbell (2007); Mantel (1966).
    """
    people = assigned(participants)
    finished = has_finished(people)
    if finished.nunique() < 2 or people["condition"].nunique() < 2:
        nothing = "none: nobody left, or everybody"
        return DifferentialAttrition(np.nan, np.nan, nothing, np.nan, np.nan)
    table = pd.crosstab(people["condition"].astype(str), finished).to_numpy()
    return DifferentialAttrition(*_share_test(table), *_log_rank(people))


def _share_test(table: np.ndarray) -> tuple[float, float, str]:
    """Chi squared, p and the name of the test for a table of conditions by left and finished."""
    found = stats.chi2_contingency(table, correction=False)
    if len(table) == 2 and found.expected_freq.min() < 1:
        return float("nan"), float(stats.fisher_exact(table).pvalue), "Fisher’s exact test"
    n = table.sum()
    chi2 = float(found.statistic) * (n - 1) / n
    return chi2, float(stats.chi2.sf(chi2, found.dof)), "N − 1 χ² test"


def _log_rank(people: pd.DataFrame) -> tuple[float, float]:
    times, events, conditions = survival_data(people)
    if not events.any() or len(set(conditions)) < 2:
        return float("nan"), float("nan")
    try:
        chi2, p = survdiff(times, events, conditions)
    except np.linalg.LinAlgError:
        # Whenever somebody left, only one condition was still there: nothing to compare.
        return float("nan"), float("nan")
    return float(chi2), float(p)


def survival_data(people: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each person answers given, 1 for having left (0: finished), and the condition.

    Someone who left after k answers left at trial k + 1; who finished was there until the end. Of
    those who withdrew, and took their answers along, nobody knows when: they are left out.
    """
    people = people[people["status"].astype("str").ne("withdrawn")]
    left = ~has_finished(people).to_numpy()
    times = people["n_answered"].to_numpy(dtype=float) + left
    return times, left.astype(int), people["condition"].astype(str).to_numpy()


def kaplan_meier(participants: pd.DataFrame) -> pd.DataFrame:
    """Share still taking part at each trial, with Greenwood's standard error and 95 % interval.

    Columns condition, trial (from 0), n_at_risk, share, standard_error, ci_low, ci_high. Each curve
    ends where the longest participant did.
    """
    times, events, conditions = survival_data(assigned(participants))
    if not len(times):
        return pd.DataFrame(columns=list(CURVE_COLUMNS))
    curves = [
        _curve(times[conditions == name], events[conditions == name], times.max()).assign(
            condition=name
        )
        for name in sorted(set(conditions))
    ]
    return pd.concat(curves, ignore_index=True)


def _curve(times: np.ndarray, events: np.ndarray, end: float) -> pd.DataFrame:
    found = SurvfuncRight(times, events)
    share = np.array([1.0, *found.surv_prob])
    error = np.array([0.0, *found.surv_prob_se])
    share, error = np.append(share, share[-1]), np.append(error, error[-1])
    low, high = rothman_interval(share, error, len(times))
    return pd.DataFrame(
        {
            "trial": [0.0, *found.surv_times, end],
            "n_at_risk": [len(times), *found.n_risk, int((times >= end).sum())],
            "share": share,
            "standard_error": error,
            "ci_low": low,
            "ci_high": high,
        }
    )


CURVE_COLUMNS = (
    "trial",
    "n_at_risk",
    "share",
    "standard_error",
    "ci_low",
    "ci_high",
    "condition",
)


def rothman_interval(
    share: np.ndarray, error: np.ndarray, n: int, level: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's interval with the number of people that would give the share this error.

    Holds near 1, where share ± 1.96 errors covers far less than it says. A share of 0 or 1, which
    has no error, takes all `n` people. Source: Rothman (1978).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = np.where(error > 0, share * (1 - share) / error**2, float(n))
    return wilson(share, effective, float(stats.norm.ppf((1 + level) / 2)))
