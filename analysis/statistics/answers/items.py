"""How often participants named the prediction of each image."""

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

ITEM_COLUMNS = (
    "item",
    "stratum",
    "prediction",
    "true_labels",
    "condition",
    "n_participants",
    "accuracy",
    "ci_low",
    "ci_high",
    "chose_truth",
    "cant_tell",
)


def item_table(trials: pd.DataFrame) -> pd.DataFrame:
    """Return the share of participants who named each item's prediction.

    Parameters
    ----------
    trials : DataFrame
        One row per trial, columns `schema.TRIAL_COLUMNS`.

    Returns
    -------
    DataFrame
        One row per item and condition, columns `ITEM_COLUMNS`; accuracy, chose_truth and cant_tell
        are proportions. Participants see an item once, so its answers are independent: the interval
        is Wilson's at 95 %, as `statsmodels.stats.proportion.proportion_confint`.
    """
    answered = trials[trials["correct"].notna()]
    keys = ["stratum", "item", "prediction", "true_labels", "condition"]
    grouped = answered.groupby(keys, observed=True)[["correct", "chose_truth", "cant_tell"]]
    table = grouped.mean().rename(columns={"correct": "accuracy"})
    sums = grouped.sum()["correct"]
    table["n_participants"] = grouped.size()
    table["ci_low"], table["ci_high"] = proportion_confint(
        sums, table["n_participants"], method="wilson"
    )
    table = table.reset_index()
    table[["stratum", "condition", "item"]] = table[["stratum", "condition", "item"]].astype(str)
    # Wrong before right, as everywhere.
    order = table.sort_values(["stratum", "item", "condition"], ascending=[False, True, True])
    return order[list(ITEM_COLUMNS)].reset_index(drop=True)
