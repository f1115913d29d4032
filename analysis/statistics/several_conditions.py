"""Tests for three or more conditions: Kruskal-Wallis, then Dunn's pairs."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from analysis.statistics.multiplicity import holm
from analysis.statistics.ranks.mann_whitney import normal_p_value, without_nan

DUNN_COLUMNS = ("condition_a", "condition_b", "z", "p_value", "p_holm")


@dataclass(frozen=True)
class KruskalWallis:
    """Whether the scores of any condition tend to be higher than those of another.

    Attributes
    ----------
    statistic, df, pvalue : float
        H, corrected for ties; its degrees of freedom; and p.
    epsilon_squared : float
        The share of the variance of ranks that lies between conditions, 0 to 1: H / (n - 1).
    """

    statistic: float
    df: int
    pvalue: float
    epsilon_squared: float


def kruskal_wallis(groups: Mapping[str, np.ndarray]) -> KruskalWallis:
    """Return the Kruskal-Wallis test of the conditions' scores.

    Parameters
    ----------
    groups : mapping of str to ndarray
        By condition, one score per participant, in any unit; NaN scores are left out.

    Returns
    -------
    KruskalWallis
        NaN where all scores are equal or a group is empty.

    References
    ----------
    Kruskal and Wallis (1952), as `scipy.stats.kruskal`; Tomczak and Tomczak (2014) for epsilon
    squared.
    """
    known = [without_nan(values) for values in groups.values()]
    freedom = len(known) - 1
    pooled = np.concatenate(known)
    if min(len(values) for values in known) == 0 or len(np.unique(pooled)) == 1:
        return KruskalWallis(np.nan, freedom, np.nan, np.nan)
    h, p = stats.kruskal(*known)
    return KruskalWallis(float(h), freedom, float(p), float(h) / (len(pooled) - 1))


def dunn(groups: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Return Dunn's two-sided test of each pair of conditions.

    Parameters
    ----------
    groups : mapping of str to ndarray
        By condition, one score per participant, in any unit; NaN scores are left out.

    Returns
    -------
    DataFrame
        One row per pair, columns `DUNN_COLUMNS`. z is positive where condition_a ranks higher;
        p_holm is corrected for the number of pairs. NaN where a group is empty or all are equal.

    Notes
    -----
    Ranks are those of all conditions together; their variance is corrected for ties.

    References
    ----------
    Dunn (1964).
    """
    known = {name: without_nan(values) for name, values in groups.items()}
    pooled = np.concatenate(list(known.values()))
    ranks = stats.rankdata(pooled)
    ends = np.cumsum([len(values) for values in known.values()])
    means = {
        name: float(part.mean()) if len(part) else np.nan
        for name, part in zip(known, np.split(ranks, ends[:-1]), strict=True)
    }
    n = len(pooled)
    variance = n * (n + 1) / 12 * float(stats.tiecorrect(ranks))
    rows = []
    for first, second in combinations(known, 2):
        weight = sum(
            1 / len(known[name]) if len(known[name]) else np.nan for name in (first, second)
        )
        error = np.sqrt(variance * weight)
        z = (means[first] - means[second]) / error if error > 0 else np.nan
        rows.append((first, second, z, normal_p_value(z, "two-sided"), np.nan))
    frame = pd.DataFrame(rows, columns=list(DUNN_COLUMNS))
    frame["p_holm"] = holm(frame["p_value"].to_numpy())
    return frame
