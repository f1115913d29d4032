"""Logistic regression on trials, with participants as clusters."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import logit

from analysis.data.tallies import tally
from analysis.data.validation import require_conditions
from analysis.statistics.ranks.effect_sizes import Interval

LIMITS = (
    "The model treats participants as a sample and images as fixed: it says nothing about other"
    " images. p: robust score test; interval: Wald’s, with CR2 errors and Satterthwaite’s degrees"
    " of freedom. Both are corrected for small samples; near 5 % they may disagree."
)


@dataclass(frozen=True)
class ConditionEffect:
    """Odds ratio of naming the prediction, condition a against b.

    Attributes
    ----------
    odds_ratio : Interval
        With Wald's interval, from `standard_error` and `df`.
    standard_error, df : float
        CR2 error of the log odds ratio, and its degrees of freedom.
    statistic, pvalue : float
        The score statistic, chi-squared with one degree of freedom, and its p.
    n_participants, n_trials : int
        Participants and answers of both conditions.
    """

    odds_ratio: Interval
    standard_error: float
    df: float
    statistic: float
    pvalue: float
    n_participants: int
    n_trials: int


def condition_effect(
    trials: pd.DataFrame, condition_a: str, condition_b: str, level: float = 0.95
) -> ConditionEffect:
    """Return the odds ratio of two conditions by generalised estimating equations.

    Parameters
    ----------
    trials : DataFrame
        One row per trial; columns participant_id, condition and correct (1, 0, or NaN unanswered).
    condition_a, condition_b : str
        The conditions compared.
    level : float
        Confidence level.

    Returns
    -------
    ConditionEffect
        The odds ratio is NaN where the answers of a condition are all correct or all wrong; its
        interval is NaN where the participants of each condition are alike; the test is NaN where
        all participants are alike. All are NaN where a condition has fewer than two participants.

    Raises
    ------
    ValueError
        For a condition without trials.

    Notes
    -----
    Logit link, participants as clusters, independence working structure, which is fully efficient
    here, since a condition is constant within a participant. The estimates then depend only on each
    participant's counts, and the conditions' rates solve the equations that statsmodels' GEE
    solves by iteration. Plain robust errors are too small in samples of this size; the interval has
    bias-reduced ones (CR2) with Satterthwaite's degrees of freedom. The test is the score test:
    with a dozen participants and rates near 0 or 1, where Wald's is too conservative, its error
    rate at 5 % is still 4 to 6 %.

    References
    ----------
    Liang and Zeger (1986); Bell and McCaffrey (2002) and Pustejovsky and Tipton (2018) for CR2 and
    its degrees of freedom; Rotnitzky and Jewell (1990) for the score test; Guo, Pan, Connett,
    Hannan and French (2005) for its correction by the number of participants.
    """
    require_conditions(trials, condition_a, condition_b)
    chosen = trials[
        trials["correct"].notna() & trials["condition"].isin([condition_a, condition_b])
    ]
    grouped = chosen.groupby(["participant_id", "condition"], observed=True)["correct"]
    counts = grouped.agg(["sum", "size"]).reset_index()
    right, asked = (counts[name].to_numpy(dtype=float) for name in ("sum", "size"))
    return effect_of_counts(right, asked, (counts["condition"] == condition_a).to_numpy(), level)


def effect_of_counts(
    right: np.ndarray, asked: np.ndarray, is_a: np.ndarray, level: float = 0.95
) -> ConditionEffect:
    """Return the odds ratio of two conditions from each participant's counts.

    Parameters
    ----------
    right, asked : ndarray, shape (n,)
        Correct answers, and answers, of each participant.
    is_a : ndarray of bool, shape (n,)
        Whether the participant is in condition a.
    level : float
        Confidence level.

    Returns
    -------
    ConditionEffect
        As for `condition_effect`.

    Examples
    --------
    >>> right, asked = np.array([3.0, 5, 4, 8, 9, 7]), np.full(6, 10.0)
    >>> found = effect_of_counts(right, asked, np.arange(6) < 3)
    >>> round(found.odds_ratio.estimate, 3), round(found.pvalue, 3)
    (0.167, 0.038)
    """
    n, answers = len(right), int(asked.sum())
    if min(is_a.sum(), (~is_a).sum()) < 2:
        return ConditionEffect(_NOTHING, np.nan, np.nan, np.nan, np.nan, n, answers)
    chi2 = _score_statistic(right, asked, is_a)
    p = float(stats.chi2.sf(chi2, 1))
    rates = [right[arm].sum() / asked[arm].sum() for arm in (is_a, ~is_a)]
    if not all(0 < rate < 1 for rate in rates):
        return ConditionEffect(_NOTHING, np.nan, np.nan, chi2, p, n, answers)
    log_odds = float(logit(rates[0]) - logit(rates[1]))
    error, freedom = _corrected_error(right, asked, is_a)
    # Without any spread within the conditions, nothing shows how far participants differ.
    half = float(stats.t.ppf((1 + level) / 2, freedom)) * error if error > 1e-12 else np.nan
    odds = Interval(*(float(np.exp(log_odds + shift)) for shift in (0.0, -half, half)))
    return ConditionEffect(odds, error, freedom, chi2, p, n, answers)


_NOTHING = Interval(np.nan, np.nan, np.nan)


def _score_statistic(right: np.ndarray, asked: np.ndarray, is_a: np.ndarray) -> float:
    """Chi-squared of equal rates in both conditions; NaN where all participants are alike.

    A participant's score is the number of correct answers minus the expected number, weighted so
    that the estimated common rate drops out.
    """
    share = asked[is_a].sum() / asked.sum()
    residuals = right - asked * right.sum() / asked.sum()
    scores = np.where(is_a, 1 - share, -share) * residuals
    spread = float((scores**2).sum())
    if spread <= 1e-12:
        return float("nan")
    n = len(right)
    return (n - 1) / n * float(scores.sum()) ** 2 / spread


def _corrected_error(right: np.ndarray, asked: np.ndarray, is_a: np.ndarray) -> tuple[float, float]:
    """CR2 standard error of the log odds ratio, and Satterthwaite's degrees of freedom.

    A condition is fitted by its own rate, so its participants' leverages are their shares of its
    answers, and the variances of both conditions add up.
    """
    robust, working, spread = 0.0, 0.0, 0.0
    for arm in (is_a, ~is_a):
        sizes, hits = asked[arm], right[arm]
        total = sizes.sum()
        rate = hits.sum() / total
        kept = 1 - sizes / total
        information = total * rate * (1 - rate)
        residuals = (hits - sizes * rate) / np.sqrt(kept)
        robust += float((residuals**2).sum()) / information**2
        # Under the working model the adjusted residuals have the variances `sizes` and the
        # covariances below, times rate * (1 - rate): the trace of the square of that matrix.
        shared = sizes**2 / (total * kept)
        trace = (sizes**2).sum() + shared.sum() ** 2 - (shared**2).sum()
        working += 1 / information
        spread += trace / total**2 / information**2
    return float(np.sqrt(robust)), float(working**2 / spread)


@dataclass(frozen=True)
class PooledComparison:
    """What pooling all trials would claim, and by how much it would overstate the evidence.

    Attributes
    ----------
    difference : float
        Rate of correct answers in condition a minus that in b, over all trials.
    pooled_error, participant_error : float
        Its standard error with independent trials, and with participants as the unit.
    """

    difference: float
    pooled_error: float
    participant_error: float

    @property
    def design_effect(self) -> float:
        """Variance with participants as the unit over that of independent trials; NaN for 0 / 0."""
        if self.pooled_error == 0:
            return float("nan")
        return (self.participant_error / self.pooled_error) ** 2


def pooled_comparison(trials: pd.DataFrame, condition_a: str, condition_b: str) -> PooledComparison:
    """Return the difference of pooled rates, with the error of either unit.

    Parameters
    ----------
    trials : DataFrame
        One row per trial; columns participant_id, condition and correct (1, 0, or NaN unanswered).
    condition_a, condition_b : str
        The conditions compared.

    Returns
    -------
    PooledComparison
        The pooled error is wrong wherever a participant's answers resemble each other; both errors
        together give the design effect. NaN where a condition has fewer than two participants.

    Raises
    ------
    ValueError
        For a condition without trials.
    """
    require_conditions(trials, condition_a, condition_b)
    groups = [
        _pooled_rate(trials[trials["condition"] == name]) for name in (condition_a, condition_b)
    ]
    rates, pooled, clustered = zip(*groups, strict=True)
    return PooledComparison(
        rates[0] - rates[1], float(np.sqrt(sum(pooled))), float(np.sqrt(sum(clustered)))
    )


def _pooled_rate(trials: pd.DataFrame) -> tuple[float, float, float]:
    """The rate of one condition, and its variance with trials and with participants as the unit."""
    answered = trials[trials["correct"].notna()]
    by_person = tally(answered, ["participant_id"], "correct")
    n, asked = len(by_person), float(by_person["size"].sum())
    if n < 2:
        return float("nan"), float("nan"), float("nan")
    rate = float(by_person["sum"].sum()) / asked
    residuals = by_person["sum"] - by_person["size"] * rate
    clustered = float((residuals**2).sum()) / asked**2 * n / (n - 1)
    return rate, rate * (1 - rate) / asked, clustered
