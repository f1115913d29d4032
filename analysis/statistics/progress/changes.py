"""How the explanation changes an answer that was first given from the image alone."""

import pandas as pd

from analysis.statistics.choices.shares import share_with_interval

KINDS = ("gain", "harm", "switch")


def change_table(trials: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return gain, harm and switch rate of two-step trials, by condition and stratum.

    Parameters
    ----------
    trials : DataFrame
        One row per trial; columns participant_id, condition, stratum, response, correct,
        first_response and first_correct (1, 0, or NaN in trials of one step).
    level : float
        Confidence level of the intervals.

    Returns
    -------
    DataFrame
        Columns condition, stratum, change, and those of `share_with_interval`, over participants:
        `gain`, the share of first wrong answers that became correct; `harm`, that of first correct
        answers that became wrong; `switch`, the share of answers that changed at all. Participants
        without a first answer of the kind are left out.
    """
    both = trials[trials["first_correct"].notna() & trials["correct"].notna()]
    changed = both["response"].astype(str) != both["first_response"].astype(str)
    measures = {
        "gain": (both["first_correct"] == 0, both["correct"] == 1),
        "harm": (both["first_correct"] == 1, both["correct"] == 0),
        "switch": (both["first_correct"].notna(), changed),
    }
    keys = ["condition", "stratum"]
    rows = []
    for kind in KINDS:
        among, happened = measures[kind]
        chosen = both[among].assign(happened=happened[among].astype(float))
        shares = chosen.groupby([*keys, "participant_id"], observed=True)["happened"].mean()
        for (condition, stratum), part in shares.reset_index().groupby(keys, observed=True):
            row = share_with_interval(part["happened"].to_numpy(dtype=float), level)
            rows.append({"condition": condition, "stratum": stratum, "change": kind, **row})
    return pd.DataFrame(rows)
