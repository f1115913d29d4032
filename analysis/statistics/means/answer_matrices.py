"""Answers of two conditions as matrices over the same items."""

import numpy as np
import pandas as pd

from analysis.data.tallies import tally
from analysis.data.validation import require_conditions


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
    first, second = answer_frames(trials, condition_a, condition_b, paired=paired)
    return first.to_numpy(), second.to_numpy()


def answer_frames(
    trials: pd.DataFrame, condition_a: str, condition_b: str, *, paired: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `answer_matrices` as frames.

    Parameters
    ----------
    trials : DataFrame
    condition_a, condition_b : str
    paired : bool
        As there.

    Returns
    -------
    tuple of DataFrame
        Of either condition: a row per participant, a column per item.
    """
    require_conditions(trials, condition_a, condition_b)
    answered = trials[trials["correct"].notna()]
    matrices = [
        _matrix(answered[answered["condition"] == name]) for name in (condition_a, condition_b)
    ]
    shared = sorted(set(matrices[0].columns) | set(matrices[1].columns))
    if paired:
        both = matrices[0].index.intersection(matrices[1].index).sort_values()
        matrices = [matrix.loc[both] for matrix in matrices]
    first, second = (matrix.reindex(columns=shared).astype(float) for matrix in matrices)
    return first, second


def _matrix(answered: pd.DataFrame) -> pd.DataFrame:
    counts = tally(answered, ["participant_id", "item"], "correct")
    people, items = (pd.Categorical(counts[name]) for name in ("participant_id", "item"))
    people, items = people.remove_unused_categories(), items.remove_unused_categories()
    means = np.full((len(people.categories), len(items.categories)), np.nan)
    means[people.codes, items.codes] = counts["sum"] / counts["size"]
    return pd.DataFrame(means, people.categories, items.categories)
