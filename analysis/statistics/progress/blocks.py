"""Accuracy in each block of a study, from the first to the last, and the gain between them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.data.schema import MODEL_WRONG
from analysis.statistics.choices.chance import chance_of
from analysis.statistics.choices.shares import share_with_interval
from analysis.statistics.means.mean_tests import MeanTest, against_chance

BLOCK_COLUMNS = (
    "group",
    "block",
    "n_participants",
    "mean",
    "standard_deviation",
    "standard_error",
    "ci_low",
    "ci_high",
)


def block_scores(trials: pd.DataFrame, blocks: Sequence[str]) -> pd.DataFrame:
    """Return each participant's accuracy in each block.

    Parameters
    ----------
    trials : DataFrame
        One row per trial; columns participant_id, block and correct (1, 0, or NaN unanswered).
    blocks : sequence of str
        The blocks, in their order.

    Returns
    -------
    DataFrame
        One row per participant, one column per block, accuracies as proportions; NaN where nothing
        was answered.
    """
    answered = trials[trials["correct"].notna()].astype({"participant_id": str, "block": str})
    means = answered.groupby(["participant_id", "block"])["correct"].mean()
    return means.unstack("block").reindex(columns=list(blocks))


def block_table(scores: pd.DataFrame, groups: "pd.Series[str]") -> pd.DataFrame:
    """Return the mean accuracy of each block by group: the learning curve.

    Parameters
    ----------
    scores : DataFrame
        As `block_scores` makes it.
    groups : Series of str
        The group of each participant, by participant_id.

    Returns
    -------
    DataFrame
        Columns `BLOCK_COLUMNS`, with the interval of `shares.share_interval`; blocks without
        answers are left out.
    """
    of = groups.reindex(scores.index)
    rows = [
        {"group": group, "block": block, **share_with_interval(values)}
        for group in sorted(of.dropna().unique())
        for block in scores.columns
        if len(values := scores.loc[of == group, block].dropna().to_numpy())
    ]
    return pd.DataFrame(rows, columns=list(BLOCK_COLUMNS))


def wrong_shares(trials: pd.DataFrame, groups: "pd.Series[str]") -> "pd.Series[float]":
    """Return the share of a block's answers that were to images where the model was wrong.

    Parameters
    ----------
    trials : DataFrame
        One row per trial; columns participant_id, block, stratum and correct.
    groups : Series of str
        The group of each participant, by participant_id.

    Returns
    -------
    Series of float
        By group and block.
    """
    answered = trials[trials["correct"].notna()]
    of = groups.reindex(answered["participant_id"].astype(str)).to_numpy()
    keys = [of, answered["block"].astype(str).to_numpy()]
    return (answered["stratum"] == MODEL_WRONG).astype(float).groupby(keys).mean()


def above_own_chance(trials: pd.DataFrame) -> MeanTest:
    """Return the t test of participants' accuracies against guessing among each trial's options.

    Parameters
    ----------
    trials : DataFrame
        The trials of one group; columns participant_id, options_shown and correct.

    Returns
    -------
    MeanTest
        Of each participant's accuracy minus the mean chance over the trials that they answered, as
        `mean_tests.against_chance`.
    """
    answered = trials[trials["correct"].notna()]
    above = answered["correct"].astype(float) - chance_of(answered)
    means = above.groupby(answered["participant_id"].astype(str)).mean()
    return against_chance(means.to_numpy(dtype=float), 0.0)


def gains(scores: pd.DataFrame, before: str, after: str) -> np.ndarray:
    """Return each participant's accuracy in one block minus that in an earlier one.

    Parameters
    ----------
    scores : DataFrame
        As `block_scores` makes it.
    before, after : str
        The two blocks.

    Returns
    -------
    ndarray, shape (n,)
        From -1 to 1; NaN for participants who lack one of them.
    """
    difference: np.ndarray = (scores[after] - scores[before]).to_numpy(dtype=float)
    return difference
