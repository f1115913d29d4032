"""Bootstrap of participants and items, for claims beyond these participants and these images."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analysis.data.validation import require_conditions
from analysis.statistics.ranks.effect_sizes import Interval
from analysis.statistics.readable import Estimated

RESAMPLES = 10_000
# Resamples are drawn in blocks, which bounds the memory.
BLOCK = 1_000
# Of a condition with more participants, a resample's totals by item are drawn instead of the
# participants themselves: sums of that many are normal, and the time no longer grows with them.
LARGE = 500


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
    if not len(a) or not len(b):
        return _nothing(resamples, seed)
    intervals = intervals_of_matrices(a, b, resamples, np.random.default_rng(seed), level)
    return TwoWayBootstrap(**intervals, resamples=resamples, seed=seed)


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
    if not len(a):
        return _nothing(resamples, seed)
    random = np.random.default_rng(seed)
    intervals = intervals_of_matrices(a, b, resamples, random, level, paired=True)
    return TwoWayBootstrap(**intervals, resamples=resamples, seed=seed)


def _nothing(resamples: int, seed: int) -> TwoWayBootstrap:
    nothing = Interval(np.nan, np.nan, np.nan)
    return TwoWayBootstrap(nothing, nothing, nothing, resamples, seed)


def intervals_of_matrices(
    a: np.ndarray,
    b: np.ndarray,
    resamples: int,
    random: np.random.Generator,
    level: float = 0.95,
    *,
    paired: bool = False,
) -> dict[str, Interval]:
    """Return the three intervals of two answer matrices.

    Parameters
    ----------
    a, b : ndarray, shape (n_a, n_items) and (n_b, n_items)
        Answers of each participant to the same items: 1, 0, or NaN unanswered.
    resamples : int
        Number of resamples.
    random : Generator
        Draws them.
    level : float
        Confidence level.
    paired : bool
        Whether a row of both matrices is one participant, who is drawn with both.

    Returns
    -------
    dict of str to Interval
        By the names of `TwoWayBootstrap`'s attributes; no ends where all resamples are alike.

    Notes
    -----
    Percentile intervals, widened for small numbers of units (`small_sample`). Drawing both counts
    the noise of single answers three times, so the percentiles of `both` are scaled by `_scale`.
    With more than `LARGE` participants in a condition, the totals of a resample are drawn from the
    normal distribution with the mean and covariance that drawing participants gives them.

    References
    ----------
    Owen (2007), The pigeonhole bootstrap.
    """
    observed = float(np.nanmean(a) - np.nanmean(b))
    groups = _Pairs(a, b) if paired else _Groups(a, b)
    draws = {
        "both": _draw(groups, resamples, random, participants=True, items=True),
        "participants_only": _draw(groups, resamples, random, participants=True, items=False),
        "items_only": _draw(groups, resamples, random, participants=False, items=True),
    }
    n_participants, n_items = min(len(a), len(b)), a.shape[1]
    scales = {
        "both": _scale(draws, n_participants, n_items, level),
        "participants_only": small_sample(n_participants, level),
        "items_only": small_sample(n_items, level),
    }
    found = {}
    for name, drawn in draws.items():
        ends = np.nanquantile(drawn, [(1 - level) / 2, (1 + level) / 2])
        low, high = np.clip(observed + (ends - observed) * scales[name], -1, 1)
        if low == high:
            # All resamples are like the sample: nothing shows how far others would differ.
            low, high = np.nan, np.nan
        found[name] = Interval(observed, float(low), float(high))
    return found


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
    if both == 0 or min(n_participants, n_items) < 2:
        return 1.0
    variance = max(2 * (participants + items) - both, participants, items) + items / (n_items - 1)
    freedom = variance**2 / (items**2 / (n_items - 1) + participants**2 / (n_participants - 1))
    quantiles = stats.t.ppf((1 + level) / 2, freedom) / stats.norm.ppf((1 + level) / 2)
    return float(np.sqrt(variance / both) * quantiles)


def _draw(
    groups: "_Groups | _Pairs",
    resamples: int,
    random: np.random.Generator,
    participants: bool,
    items: bool,
) -> np.ndarray:
    """Differences of the resampled accuracies, in blocks of bounded memory."""
    blocks = [min(BLOCK, resamples - start) for start in range(0, resamples, BLOCK)]
    return np.concatenate([_resample(groups, n, random, participants, items) for n in blocks])


def answer_matrices(
    trials: pd.DataFrame, condition_a: str, condition_b: str, *, paired: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Return the answers of two conditions as matrices over the same items.

    Parameters
    ----------
    trials : DataFrame
        One row per trial; columns participant_id, condition, item and correct (1, 0, or NaN
        unanswered).
    condition_a, condition_b : str
        The conditions compared.
    paired : bool
        Whether to keep only participants with answers in both conditions, in one order.

    Returns
    -------
    tuple of ndarray, shape (n_a, n_items) and (n_b, n_items)
        1, 0, or NaN unanswered; items are those of either condition. The mean of several answers of
        a participant to an item in a condition.

    Raises
    ------
    ValueError
        For a condition without trials.
    """
    require_conditions(trials, condition_a, condition_b)
    answered = trials[trials["correct"].notna()]
    matrices = [
        answered[answered["condition"] == name].pivot_table(
            index="participant_id", columns="item", values="correct", observed=True
        )
        for name in (condition_a, condition_b)
    ]
    shared = sorted(set(matrices[0].columns) | set(matrices[1].columns))
    if paired:
        both = matrices[0].index.intersection(matrices[1].index).sort_values()
        matrices = [matrix.loc[both] for matrix in matrices]
    first, second = (matrix.reindex(columns=shared).to_numpy(float) for matrix in matrices)
    return first, second


class _Answers:
    """One condition's answers: per participant, and the distribution of their totals."""

    def __init__(self, matrix: np.ndarray) -> None:
        known = ~np.isnan(matrix)
        self.n_items = matrix.shape[1]
        # Correct answers, then answers, by participant and item.
        self.rows = np.hstack([np.where(known, matrix, 0.0), known.astype(float)])
        self.totals = self.rows.sum(axis=0)
        self.root = self._root() if len(matrix) > LARGE else None

    def _root(self) -> np.ndarray:
        """A root of the totals' covariance over draws of participants."""
        n = len(self.rows)
        covariance = self.rows.T @ self.rows - np.outer(self.totals, self.totals) / n
        values, vectors = np.linalg.eigh(covariance)
        root: np.ndarray = vectors * np.sqrt(np.maximum(values, 0))
        return root

    def draw(
        self, n: int, random: np.random.Generator, drawn: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """Correct answers, and answers, by resample and item."""
        if not drawn:
            totals = np.tile(self.totals, (n, 1))
        elif self.root is None:
            totals = _weights(len(self.rows), n, random, drawn=True) @ self.rows
        else:
            totals = self.totals + random.standard_normal((n, len(self.totals))) @ self.root.T
        return totals[:, : self.n_items], totals[:, self.n_items :]


class _Groups:
    """Two conditions of different participants, drawn one after the other."""

    def __init__(self, a: np.ndarray, b: np.ndarray) -> None:
        self.answers = (_Answers(a), _Answers(b))
        self.n_items = a.shape[1]

    def means(
        self, n: int, random: np.random.Generator, drawn: bool, items: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The resampled accuracies of both conditions, with items so often."""
        first, second = (
            _weighted_means(*each.draw(n, random, drawn), items) for each in self.answers
        )
        return first, second


class _Pairs:
    """Two conditions of the same participants, who are drawn with their answers in both."""

    def __init__(self, a: np.ndarray, b: np.ndarray) -> None:
        self.answers = _Answers(np.hstack([a, b]))
        self.n_items = a.shape[1]

    def means(
        self, n: int, random: np.random.Generator, drawn: bool, items: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The resampled accuracies of both conditions, with items so often."""
        right, asked = self.answers.draw(n, random, drawn)
        m = self.n_items
        first, second = (
            _weighted_means(right[:, own], asked[:, own], items)
            for own in (slice(m), slice(m, 2 * m))
        )
        return first, second


def _resample(
    groups: _Groups | _Pairs,
    n: int,
    random: np.random.Generator,
    participants: bool,
    items: bool,
) -> np.ndarray:
    item_weights = _weights(groups.n_items, n, random, items)
    first, second = groups.means(n, random, participants, item_weights)
    differences: np.ndarray = first - second
    return differences


def _weights(size: int, n: int, random: np.random.Generator, drawn: bool) -> np.ndarray:
    """How often each of `size` units is in each of `n` resamples; shape n x size."""
    if not drawn:
        return np.ones((n, size))
    return random.multinomial(size, np.full(size, 1 / size), size=n).astype(float)


def _weighted_means(right: np.ndarray, asked: np.ndarray, items: np.ndarray) -> np.ndarray:
    """Share of correct answers in each resample; NaN for a resample without answers."""
    correct, answers = (right * items).sum(axis=1), (asked * items).sum(axis=1)
    means: np.ndarray = correct / np.where(answers > 0, answers, np.nan)
    return means
