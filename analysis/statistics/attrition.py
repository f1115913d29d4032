"""Who came, who stayed, and whether one condition drove more people away."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from analysis.data.study_data import has_finished

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


def dropout_by_page(participants: pd.DataFrame) -> pd.DataFrame:
    """How many left at each page, columns page and one a condition; pages in their order.

    A page is the first that somebody did not get past: the introduction, a trial by its place in
    the sequence, or the pages after the last trial. Pages at which nobody left have no row;
    conditions that nobody left have a column of zeros.
    """
    people = assigned(participants)
    left = people[~has_finished(people)]
    places = (left["n_answered"] + 1).where(left["status"].ne("in_introduction"), 0)
    after = left["n_answered"] >= left["n_trials"]
    places = places.mask(after & places.gt(0), left["n_trials"] + 1)
    names = places.map(lambda place: f"trial {place}" if place else "introduction")
    pages = names.mask(after & places.gt(0), "after the trials").rename("page")
    conditions = left["condition"].astype("str")
    counts = left.groupby([places.rename("place"), pages, conditions]).size()
    table = counts.unstack("condition", fill_value=0)
    every = sorted(people["condition"].astype("str").unique())
    table = table.reindex(columns=pd.Index(every, name="condition"), fill_value=0)
    return table.reset_index("page").reset_index(drop=True)


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

    NaN where nobody or everybody left. Fisher's test stands in for two conditions where fewer than
    one leaver or finisher is expected in one: it keeps its level there, but errs in far fewer than
    5 % of studies elsewhere. Source: Campbell (2007); Mantel (1966).
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
    """Share still taking part at each trial, with Greenwood's standard error and 95 % interval.

    Columns condition, trial (from 0), n_at_risk, share, standard_error, ci_low, ci_high. Each curve
    ends where the longest participant did.
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


def rothman_interval(
    share: np.ndarray, error: np.ndarray, n: int, level: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's interval with the number of people that would give the share this error.

    Holds near 1, where share ± 1.96 errors covers far less than it says. A share of 0 or 1, which
    has no error, takes all `n` people. Source: Rothman (1978).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = np.where(error > 0, share * (1 - share) / error**2, float(n))
    square = stats.norm.ppf((1 + level) / 2) ** 2 / effective
    half = np.sqrt(square * (share * (1 - share) + square / 4))
    centre = share + square / 2
    return (centre - half) / (1 + square), (centre + half) / (1 + square)
