"""How far the accuracy of a condition could move if those lost had stayed."""

import pandas as pd

from analysis.data.schema import ASKED_STRATA

BOUND_COLUMNS = ("condition", "stratum", "n_assigned", "n_lost", "mean", "low", "high")


def dropout_bounds(scores: pd.DataFrame, n_assigned: dict[str, int]) -> pd.DataFrame:
    """Return the mean accuracy if everybody lost had named no prediction, or all.

    Parameters
    ----------
    scores : DataFrame
        Of the analysed participants, columns `schema.SCORE_COLUMNS`.
    n_assigned : dict of str to int
        Condition -> participants assigned to it, lost or analysed.

    Returns
    -------
    DataFrame
        Columns `BOUND_COLUMNS`, one row for each condition and stratum with scores. `low` and
        `high` enclose the mean over all assigned, whatever the reason for which they were lost.

    References
    ----------
    Manski (1990), Nonparametric bounds on treatment effects, American Economic Review 80.

    Examples
    --------
    >>> scores = pd.DataFrame({"condition": "pv", "stratum": "model_wrong", "accuracy": [0.5] * 8})
    >>> [row] = dropout_bounds(scores, {"pv": 10}).to_dict("records")
    >>> round(row["low"], 3), round(row["high"], 3)
    (0.4, 0.6)
    """
    rows = []
    for (condition, stratum), part in scores.groupby(["condition", "stratum"], observed=True):
        known = part["accuracy"].dropna()
        n = n_assigned.get(str(condition), 0)
        if stratum not in ASKED_STRATA or not len(known) or n < len(known):
            continue
        lost = n - len(known)
        low = float(known.sum()) / n
        rows.append((str(condition), stratum, n, lost, known.mean(), low, low + lost / n))
    rows.sort(key=lambda row: (row[0], ASKED_STRATA.index(row[1])))
    return pd.DataFrame(rows, columns=list(BOUND_COLUMNS))
