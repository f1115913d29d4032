"""How values that participants gave, or that were recorded of them, are distributed."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.statistics.choices.shares import standard_deviation

COUNT_COLUMNS = ("condition", "value", "n_participants", "n_given", "n", "share")
# Of the test of two columns of categories, with a seed of its own.
RESAMPLES, SEED = 9_999, 19


def count_values(
    conditions: "pd.Series[str]", given: "pd.Series[Any]", values: Sequence[str] = ()
) -> pd.DataFrame:
    """Return how many participants of each condition gave each value.

    Parameters
    ----------
    conditions : Series of str
        One condition per participant.
    given : Series of str or of list of str
        With the same index: what each participant gave, one value or several; NaN for nothing.
    values : sequence of str
        The values that have a row even if nobody gave them, in their order; others follow.

    Returns
    -------
    DataFrame
        Columns `COUNT_COLUMNS`, one row per condition and value: the participants of the condition,
        those who gave anything, those who gave this value, and their share (0 to 1) of those who
        gave anything, NaN where nobody did.

    Examples
    --------
    >>> conditions = pd.Series(["pv", "pv", "pv"])
    >>> count_values(conditions, pd.Series(["yes", "no", None]), ["no", "yes"])["n"].tolist()
    [1, 1]
    """
    known = given.notna()
    people, answered = conditions.value_counts(), conditions[known].value_counts()
    each = given[known].explode()
    # As arrays: several values of one participant share an index.
    counts = pd.crosstab(conditions.reindex(each.index).to_numpy(), each.to_numpy())
    rows = []
    for condition in sorted(people.index):
        n_given = int(answered.get(condition, 0))
        for value in dict.fromkeys([*values, *sorted(counts.columns)]):
            found = condition in counts.index and value in counts.columns
            n = int(counts.loc[condition, value]) if found else 0
            share = n / n_given if n_given else np.nan
            rows.append((condition, value, int(people[condition]), n_given, n, share))
    return pd.DataFrame(rows, columns=list(COUNT_COLUMNS))


def spread(numbers: np.ndarray) -> dict[str, float]:
    """Return what describes numbers of which only the order may mean something.

    Parameters
    ----------
    numbers : ndarray, shape (n,)
        One number per participant, in any unit; NaN for nothing.

    Returns
    -------
    dict
        `n_participants`, `n_given`, `median`, `q1` and `q3` (quartiles by linear interpolation),
        `mean`, `standard_deviation` (n - 1), `smallest`, `largest`; NaN where nothing was given.
    """
    known = numbers[~np.isnan(numbers)]
    names = ("smallest", "q1", "median", "q3", "largest")
    ends = np.quantile(known, (0, 0.25, 0.5, 0.75, 1)) if len(known) else [np.nan] * len(names)
    return {
        "n_participants": len(numbers),
        "n_given": len(known),
        **{name: float(end) for name, end in zip(names, ends, strict=True)},
        "mean": float(known.mean()) if len(known) else np.nan,
        "standard_deviation": standard_deviation(known),
    }


def independence_p(conditions: "pd.Series[str]", given: "pd.Series[str]") -> float:
    """Return the p of a permutation test of whether conditions differ in a categorical value.

    Parameters
    ----------
    conditions, given : Series of str
        One condition and one value per participant, with the same index; NaN values are left out.

    Returns
    -------
    float
        Of Pearson's chi-squared over 9,999 tables with the same margins, so that few participants
        in a cell do no harm; NaN for fewer than two conditions or values.
    """
    known = given.notna()
    table = pd.crosstab(conditions[known], given[known]).to_numpy()
    if min(table.shape) < 2:
        return np.nan
    drawn = stats.MonteCarloMethod(n_resamples=RESAMPLES, rng=np.random.default_rng(SEED))
    return float(stats.chi2_contingency(table, correction=False, method=drawn).pvalue)
