"""Participant flow, dropout, and whether dropout differs between conditions."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight, survdiff
from statsmodels.stats.proportion import proportion_confint

from analysis.data.ids import is_one_of
from analysis.data.study_data import has_finished

# Stages of the flow, in order.
STAGES = ("arrived", "consented", "assigned", "introduced", "started", "finished", "analysed")
# The column of participants who were never assigned to a condition.
UNASSIGNED = "not_assigned"
# Endings other than a page or a trial, by status.
ENDINGS = {"withdrawn": "withdrew", "screened_out": "screened out", "full": "no place left"}
BEFORE, INTRODUCTION, AFTER = "before the introduction", "introduction", "after the trials"
UNANSWERED = "finished without an answer"


def consort_flow(participants: pd.DataFrame, analysed: AbstractSet[str]) -> pd.DataFrame:
    """Return the number of participants who reached each stage (CONSORT).

    Parameters
    ----------
    participants : DataFrame
        One row per participant, columns `schema.PARTICIPANT_COLUMNS`.
    analysed : set of str
        Ids of the participants in the analysis.

    Returns
    -------
    DataFrame
        One row per stage, one column per condition, and the column `UNASSIGNED` where participants
        have no condition: a row's sum is everybody. Introduced: went on from the introduction;
        started: at least one answer. The answers of participants who withdrew are deleted, so none
        of their stages after the assignment is known.
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
        "analysed": is_one_of(participants["participant_id"], analysed),
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


def dropout_by_page(
    participants: pd.DataFrame, analysed: AbstractSet[str] | None = None
) -> pd.DataFrame:
    """Return where the participants ended who are not analysed.

    Parameters
    ----------
    participants : DataFrame
        One row per participant, columns `schema.PARTICIPANT_COLUMNS`.
    analysed : set of str, optional
        Ids of the participants in the analysis; by default, all who finished.

    Returns
    -------
    DataFrame
        One row per page, in the order of the study, and one column per condition. A page is the
        first that participants did not get past: one before the assignment, the introduction, a
        trial by its position, one after the last trial; or it is how they ended: withdrew, screened
        out, no place left. Pages without participants have no row.
    """
    finished = has_finished(participants)
    stayed = finished if analysed is None else is_one_of(participants["participant_id"], analysed)
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
    """The position in the order of the pages, and the page, at which one participant ended."""
    if status in ENDINGS:
        # After all pages: the page is not stored.
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
    """Return the participants who have a condition.

    Parameters
    ----------
    participants : DataFrame
        One row per participant, columns `schema.PARTICIPANT_COLUMNS`.

    Returns
    -------
    DataFrame
        The same columns.
    """
    return participants[participants["condition"].notna()]


@dataclass(frozen=True)
class DifferentialAttrition:
    """Whether the share who finished, and the time of dropout, differ between conditions.

    Attributes
    ----------
    chi2_finished, p_finished : float
        Test of the share who finished; chi-squared is NaN for Fisher's test.
    method : str
        The name of that test.
    log_rank_chi2, p_log_rank : float
        Log-rank test of the trial of dropout.
    """

    chi2_finished: float
    p_finished: float
    method: str
    log_rank_chi2: float
    p_log_rank: float


def differential_attrition(participants: pd.DataFrame) -> DifferentialAttrition:
    """Return the tests of whether dropout differs between conditions.

    Parameters
    ----------
    participants : DataFrame
        One row per participant, columns `schema.PARTICIPANT_COLUMNS`.

    Returns
    -------
    DifferentialAttrition
        NaN where none dropped out or there is one condition; the test of the share also where all
        dropped out.

    Notes
    -----
    The N - 1 chi-squared test of the share who finished, and the log-rank test over trials.
    Participants who withdrew did not finish, and are in the first test alone, since the time of
    their withdrawal is not stored. Fisher's test replaces the first for two conditions where fewer
    than one participant is expected in a cell: it keeps its level there, but is too conservative
    elsewhere.

    References
    ----------
    Campbell (2007); Mantel (1966).
    """
    participants = assigned(participants)
    finished = has_finished(participants)
    log_rank = _log_rank(participants)
    if finished.nunique() < 2 or participants["condition"].nunique() < 2:
        # The shares are equal where all dropped out, but the trials of dropout may differ.
        nothing = "none: no participant dropped out, or all did"
        return DifferentialAttrition(np.nan, np.nan, nothing, *log_rank)
    table = pd.crosstab(participants["condition"].astype(str), finished).to_numpy()
    return DifferentialAttrition(*_share_test(table), *log_rank)


def _share_test(table: np.ndarray) -> tuple[float, float, str]:
    """Chi-squared, p and name of the test of a table, conditions by dropped out and finished."""
    found = stats.chi2_contingency(table, correction=False)
    if len(table) == 2 and found.expected_freq.min() < 1:
        return float("nan"), float(stats.fisher_exact(table).pvalue), "Fisher’s exact test"
    n = table.sum()
    chi2 = float(found.statistic) * (n - 1) / n
    return chi2, float(stats.chi2.sf(chi2, found.dof)), "N − 1 χ² test"


def _log_rank(participants: pd.DataFrame) -> tuple[float, float]:
    times, events, conditions = survival_data(participants)
    if not events.any() or len(set(conditions)) < 2:
        return float("nan"), float("nan")
    try:
        chi2, p = survdiff(times, events, conditions)
    except np.linalg.LinAlgError:
        # At each dropout, only one condition still had participants: nothing to compare.
        return float("nan"), float("nan")
    return float(chi2), float(p)


def survival_data(participants: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return when each participant dropped out or finished.

    Parameters
    ----------
    participants : DataFrame
        One row per participant with a condition, columns `schema.PARTICIPANT_COLUMNS`.

    Returns
    -------
    times : ndarray, shape (n,)
        The trial at which the participant dropped out, k + 1 after k answers, or the last trial.
    events : ndarray, shape (n,)
        1 for a dropout, 0 for a participant who finished.
    conditions : ndarray, shape (n,)
        Their names.

    Notes
    -----
    Participants who withdrew are left out: their answers are deleted, and with them the time.
    """
    participants = participants[participants["status"].astype("str").ne("withdrawn")]
    dropped_out = ~has_finished(participants).to_numpy()
    times = participants["n_answered"].to_numpy(dtype=float) + dropped_out
    return times, dropped_out.astype(int), participants["condition"].astype(str).to_numpy()


def kaplan_meier(participants: pd.DataFrame) -> pd.DataFrame:
    """Return the share of participants still in the study at each trial.

    Parameters
    ----------
    participants : DataFrame
        One row per participant, columns `schema.PARTICIPANT_COLUMNS`.

    Returns
    -------
    DataFrame
        Columns `CURVE_COLUMNS`: by condition and trial (from 0), the participants at risk, the
        share as a proportion, Greenwood's standard error, and Rothman's 95 % interval. Curves end
        at the last trial that any participant reached.

    References
    ----------
    Kaplan and Meier (1958), as `statsmodels.duration.survfunc.SurvfuncRight`.
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
    ).drop_duplicates("trial")  # somebody may drop out at the last trial


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
    """Return Wilson's interval with the sample size that would give each share its error.

    Parameters
    ----------
    share, error : ndarray, shape (m,)
        Shares, 0 to 1, and their standard errors.
    n : int
        The sample size for a share of 0 or 1, which has no error.
    level : float
        Confidence level.

    Returns
    -------
    tuple of ndarray, shape (m,)
        Lower and upper ends. Unlike share ± 1.96 errors, they keep their coverage near 0 and 1.

    References
    ----------
    Rothman (1978).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = np.where(error > 0, share * (1 - share) / error**2, float(n))
    low, high = proportion_confint(share * effective, effective, 1 - level, method="wilson")
    return low, high
