"""A logistic regression on trials that knows which trials belong to one participant."""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
import statsmodels.api as sm

from analysis.effect_sizes import Interval

LIMITS = (
    "The model takes participants as a sample and the items as given: it says nothing about other"
    " images. Its robust errors rest on large samples, and are somewhat too small below about 40"
    " participants a condition."
)


@dataclass(frozen=True)
class ConditionEffect:
    """Odds ratio of naming the prediction, condition a against b."""

    odds_ratio: Interval
    z: float
    p_value: float
    n_participants: int
    n_trials: int


def condition_effect(
    trials: pd.DataFrame, condition_a: str, condition_b: str, level: float = 0.95
) -> ConditionEffect:
    """GEE (logit link, independence working structure, robust errors), participants as clusters.

    The independence structure is fully efficient here, since a condition is constant within a
    participant; the estimates then depend on each participant's counts alone, and the model is
    fitted as a binomial regression on those with the sandwich variance, which is the same thing at
    a fraction of the time. NaN where a condition has no or only correct answers, since odds are
    then infinite. Source: Liang and Zeger (1986).
    """
    chosen = trials[
        trials["correct"].notna() & trials["condition"].isin([condition_a, condition_b])
    ]
    grouped = chosen.groupby(["participant_id", "condition"], observed=True)["correct"]
    counts = grouped.agg(["sum", "size"]).reset_index()
    is_a = (counts["condition"] == condition_a).to_numpy(dtype=float)
    right, asked = (counts[name].to_numpy(dtype=float) for name in ("sum", "size"))
    rates = [right[is_a == flag].sum() / max(1.0, asked[is_a == flag].sum()) for flag in (0, 1)]
    if not all(0 < rate < 1 for rate in rates):
        nothing = Interval(np.nan, np.nan, np.nan)
        return ConditionEffect(nothing, np.nan, np.nan, len(counts), len(chosen))
    model = sm.GLM(
        np.column_stack([right, asked - right]),
        np.column_stack([np.ones(len(counts)), is_a]),
        family=sm.families.Binomial(),
    )
    fitted = model.fit(cov_type="HC0", tol=1e-12)
    low, high = fitted.conf_int(alpha=1 - level)[1]
    odds = Interval(*(float(np.exp(value)) for value in (fitted.params[1], low, high)))
    return ConditionEffect(
        odds, float(fitted.tvalues[1]), float(fitted.pvalues[1]), len(counts), len(chosen)
    )


class PooledTrialsWarning(UserWarning):
    """Trials of one participant were taken for independent observations."""


@dataclass(frozen=True)
class PooledComparison:
    """What pooling all trials would claim, and by how much it would overstate the evidence."""

    difference: float
    pooled_error: float
    participant_error: float

    @property
    def design_effect(self) -> float:
        """Variance by participants over that of independent trials; NaN for 0 / 0."""
        if self.pooled_error == 0:
            return float("nan")
        return (self.participant_error / self.pooled_error) ** 2


def pooled_comparison(trials: pd.DataFrame, condition_a: str, condition_b: str) -> PooledComparison:
    """Difference of pooled rates with the error of independent trials beside the honest one.

    Always warns with `PooledTrialsWarning`: the pooled error is there to show how wrong it is.
    """
    warnings.warn(
        "Pooling trials takes the answers of one participant for independent; use participants as"
        " the unit, or a model that knows of them.",
        PooledTrialsWarning,
        stacklevel=2,
    )
    arms = [
        _pooled_rate(trials[trials["condition"] == name]) for name in (condition_a, condition_b)
    ]
    rates, pooled, clustered = zip(*arms, strict=True)
    return PooledComparison(
        rates[0] - rates[1], float(np.sqrt(sum(pooled))), float(np.sqrt(sum(clustered)))
    )


def _pooled_rate(trials: pd.DataFrame) -> tuple[float, float, float]:
    """Rate of one condition, its variance by independent trials, and by participants."""
    answered = trials[trials["correct"].notna()]
    by_person = answered.groupby("participant_id", observed=True)["correct"].agg(["sum", "size"])
    n, asked = len(by_person), float(by_person["size"].sum())
    if n < 2:
        return float("nan"), float("nan"), float("nan")
    rate = float(by_person["sum"].sum()) / asked
    residuals = by_person["sum"] - by_person["size"] * rate
    clustered = float((residuals**2).sum()) / asked**2 * n / (n - 1)
    return rate, rate * (1 - rate) / asked, clustered
