"""Bootstrap of participants and items, for claims beyond these participants and these images."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data.schema import MODEL_RIGHT, MODEL_WRONG
from analysis.statistics.means.answer_matrices import answer_frames, answer_matrices
from analysis.statistics.means.resamples import Contrast, of_groups, of_pairs
from analysis.statistics.ranks.effect_sizes import Interval
from analysis.statistics.readable import Estimated

RESAMPLES = 10_000


@dataclass(frozen=True)
class TwoWayBootstrap(Estimated):
    """Difference of accuracies (a - b), with one interval for each choice of what is resampled.

    Attributes
    ----------
    both, participants_only, items_only : Interval
        Accuracies are proportions.
    resamples, seed : int
        Number of resamples, and the seed that drew them.
    """

    both: Interval
    participants_only: Interval
    items_only: Interval
    resamples: int
    seed: int

    def _estimate(self) -> Interval:
        return self.both


def two_way_bootstrap(
    trials: pd.DataFrame,
    condition_a: str,
    condition_b: str,
    resamples: int = RESAMPLES,
    seed: int = 1,
    level: float = 0.95,
) -> TwoWayBootstrap:
    """Return intervals of accuracy a - accuracy b with participants, items or both resampled.

    Parameters
    ----------
    trials : DataFrame
        One row per trial; columns participant_id, condition, item and correct (1, 0, or NaN
        unanswered).
    condition_a, condition_b : str
        The conditions compared.
    resamples, seed : int
        Number of resamples, and the seed that draws them.
    level : float
        Confidence level.

    Returns
    -------
    TwoWayBootstrap
        NaN where a condition has no answers.

    Raises
    ------
    ValueError
        For a condition without trials.

    Notes
    -----
    Participants are drawn within their condition; items are drawn once for both conditions, which
    share them. Accuracy is the share of correct answers in a resample.
    """
    a, b = answer_matrices(trials, condition_a, condition_b)
    return _bootstrap(of_groups(a, b), resamples, seed, level)


def paired_two_way_bootstrap(
    trials: pd.DataFrame,
    condition_a: str,
    condition_b: str,
    resamples: int = RESAMPLES,
    seed: int = 1,
    level: float = 0.95,
) -> TwoWayBootstrap:
    """Return the intervals of `two_way_bootstrap` where the same participants saw both conditions.

    Parameters
    ----------
    trials : DataFrame
        One row per trial; columns participant_id, condition, item and correct (1, 0, or NaN
        unanswered).
    condition_a, condition_b : str
        The conditions compared.
    resamples, seed : int
        Number of resamples, and the seed that draws them.
    level : float
        Confidence level.

    Returns
    -------
    TwoWayBootstrap
        Of the participants with answers in both conditions; NaN where there are none.

    Raises
    ------
    ValueError
        For a condition without trials.

    Notes
    -----
    A participant is drawn with their answers in both conditions, and an item once for both, whether
    each participant saw it in both conditions or in one of them.
    """
    a, b = answer_matrices(trials, condition_a, condition_b, paired=True)
    return _bootstrap(of_pairs((a, b)), resamples, seed, level)


def paired_interaction_bootstrap(
    trials: pd.DataFrame,
    condition_a: str,
    condition_b: str,
    resamples: int = RESAMPLES,
    seed: int = 1,
    level: float = 0.95,
) -> TwoWayBootstrap:
    """Return the intervals of how much larger a - b is where the model was wrong than right.

    Parameters
    ----------
    trials : DataFrame
        As for `paired_two_way_bootstrap`, with the column stratum and answers in both strata.
    condition_a, condition_b : str
        The conditions compared, which the same participants saw.
    resamples, seed : int
        Number of resamples, and the seed that draws them.
    level : float
        Confidence level.

    Returns
    -------
    TwoWayBootstrap
        Of the participants with answers in both conditions; NaN where there are none.

    Raises
    ------
    ValueError
        For a condition without trials.

    Notes
    -----
    A participant is drawn with all answers, and items within their stratum.
    """
    a, b = answer_frames(trials, condition_a, condition_b, paired=True)
    strata = trials.drop_duplicates("item").set_index("item")["stratum"].loc[a.columns]
    wrong, right = (
        (a.loc[:, own].to_numpy(), b.loc[:, own].to_numpy())
        for own in ((strata == name).to_numpy() for name in (MODEL_WRONG, MODEL_RIGHT))
    )
    return _bootstrap(of_pairs(wrong, right), resamples, seed, level)


def _bootstrap(contrast: Contrast, resamples: int, seed: int, level: float) -> TwoWayBootstrap:
    if not all(contrast.item_counts) or not all(len(sample) for sample in contrast.samples):
        nothing = Interval(np.nan, np.nan, np.nan)
        return TwoWayBootstrap(nothing, nothing, nothing, resamples, seed)
    intervals = resample_intervals(contrast, resamples, np.random.default_rng(seed), level)
    return TwoWayBootstrap(**intervals, resamples=resamples, seed=seed)


def resample_intervals(
    contrast: Contrast, resamples: int, random: np.random.Generator, level: float = 0.95
) -> dict[str, Interval]:
    """Return the three intervals of a contrast of accuracies.

    Parameters
    ----------
    contrast : Contrast
        Of participants' answers to items, such as `resamples.of_groups` makes.
    resamples : int
        Number of resamples.
    random : Generator
        Draws them.
    level : float
        Confidence level.

    Returns
    -------
    dict of str to Interval
        By the names of `TwoWayBootstrap`'s attributes; no ends where all resamples are alike.

    Notes
    -----
    Percentile intervals, widened for small numbers of units (`small_sample`). Drawing both counts
    the noise of single answers three times, so the percentiles of `both` are scaled by `_scale`.
    With more than `resamples.LARGE` participants in a sample, the totals of a resample are drawn
    from the normal distribution with the mean and covariance that drawing participants gives them.

    References
    ----------
    Owen (2007), The pigeonhole bootstrap.
    """
    draws = {
        "both": contrast.draw(resamples, random, participants=True, items=True),
        "participants_only": contrast.draw(resamples, random, participants=True, items=False),
        "items_only": contrast.draw(resamples, random, participants=False, items=True),
    }
    n_participants = min(len(sample) for sample in contrast.samples)
    n_items = min(contrast.item_counts)
    scales = {
        "both": _scale(draws, n_participants, n_items, level),
        "participants_only": small_sample(n_participants, level),
        "items_only": small_sample(n_items, level),
    }
    observed = contrast.observed
    return {
        name: _around(observed, drawn, scales[name], contrast.limit, level)
        for name, drawn in draws.items()
    }


def _around(
    observed: float, drawn: np.ndarray, scale: float, limit: float, level: float
) -> Interval:
    """The percentiles around the observed value, as far from it as `scale` says."""
    ends = np.nanquantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    low, high = np.clip(observed + (ends - observed) * scale, -limit, limit)
    if low == high:
        # All resamples are like the sample: nothing shows how far others would differ.
        low, high = np.nan, np.nan
    return Interval(observed, float(low), float(high))


def small_sample(n: int, level: float) -> float:
    """Return the width that a bootstrap of few units lacks.

    Parameters
    ----------
    n : int
        Number of units that are resampled.
    level : float
        Confidence level.

    Returns
    -------
    float
        sqrt(n / (n - 1)), times Student's quantile over the normal one; 1 for a single unit.
    """
    if n < 2:
        return 1.0
    quantiles = stats.t.ppf((1 + level) / 2, n - 1) / stats.norm.ppf((1 + level) / 2)
    return float(np.sqrt(n / (n - 1)) * quantiles)


def _scale(draws: dict[str, np.ndarray], n_participants: int, n_items: int, level: float) -> float:
    """The factor from the spread of drawing both to the standard error times Student's quantile.

    By Owen's decomposition, the variance of drawing both exceeds the sum of those of drawing either
    by the noise of single answers, which is once in each of these two and once in the true one:
    V = 2 (participants + items) - both. Items are few, so their variance has the factor
    m / (m - 1), and the quantile has Satterthwaite's degrees of freedom.
    """
    both, participants, items = (
        float(np.nanvar(draws[name])) for name in ("both", "participants_only", "items_only")
    )
    if both == 0 or max(participants, items) == 0 or min(n_participants, n_items) < 2:
        # Where all participants and all items are alike, only single answers vary.
        return 1.0
    variance = max(2 * (participants + items) - both, participants, items) + items / (n_items - 1)
    freedom = variance**2 / (items**2 / (n_items - 1) + participants**2 / (n_participants - 1))
    quantiles = stats.t.ppf((1 + level) / 2, freedom) / stats.norm.ppf((1 + level) / 2)
    return float(np.sqrt(variance / both) * quantiles)
