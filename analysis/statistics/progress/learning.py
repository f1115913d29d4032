"""Whether participants got better from the first trial to the last."""

import numpy as np
import pandas as pd

from analysis.statistics.descriptives import mean_with_interval

SLOPE_COLUMNS = ("condition", "n_participants", "mean", "standard_error", "ci_low", "ci_high")


def accuracy_by_trial(trials: pd.DataFrame) -> pd.DataFrame:
    """Return the share of correct answers at each position in the sequence.

    Parameters
    ----------
    trials : DataFrame
        One row per trial, columns `schema.TRIAL_COLUMNS`.

    Returns
    -------
    DataFrame
        One row per condition and trial_index; columns mean (a proportion), n_participants and
        standard_error, which is binomial, since participants answer once in each position.
    """
    answered = trials[trials["correct"].notna()]
    grouped = answered.groupby(["condition", "trial_index"], observed=True)["correct"]
    table = grouped.agg(["mean", "size"]).reset_index()
    table["standard_error"] = np.sqrt(table["mean"] * (1 - table["mean"]) / table["size"])
    return table.rename(columns={"size": "n_participants"})


def learning_slopes(trials: pd.DataFrame) -> pd.DataFrame:
    """Return the mean over participants of the least-squares slope of correctness on trial index.

    Parameters
    ----------
    trials : DataFrame
        One row per trial, columns `schema.TRIAL_COLUMNS`. Participants with fewer than two answers
        have no slope and are left out.

    Returns
    -------
    DataFrame
        One row per condition, columns `SLOPE_COLUMNS`, in accuracy per trial, with Student's t
        interval.
    """
    answered = trials.loc[
        trials["correct"].notna(), ["participant_id", "condition", "trial_index", "correct"]
    ]
    keys = ["condition", "participant_id"]
    x = answered["trial_index"].astype(float)
    y = answered["correct"].astype(float)
    parts = answered[keys].assign(x=x, y=y, xx=x * x, xy=x * y, n=1.0)
    sums = parts.groupby(keys, observed=True)[["x", "y", "xx", "xy", "n"]].sum()
    spread = sums["xx"] - sums["x"] ** 2 / sums["n"]
    slopes = (sums["xy"] - sums["x"] * sums["y"] / sums["n"]) / spread.where(spread > 0)
    rows = [
        {"condition": condition, **mean_with_interval(values.to_numpy())}
        for condition, values in slopes.dropna().groupby(level=0, observed=True)
    ]
    return pd.DataFrame(rows, columns=list(SLOPE_COLUMNS))
