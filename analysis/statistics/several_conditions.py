"""Tests for three and more conditions: Kruskal and Wallis, then Dunn's pairs."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from analysis.statistics.mann_whitney import normal_p_value, without_nan
from analysis.statistics.multiplicity import holm

DUNN_COLUMNS = ("condition_a", "condition_b", "z", "p_value", "p_holm")


@dataclass(frozen=True)
class KruskalWallis:
    """Whether any condition's scores tend to lie higher than another's."""

    h: float
    degrees_of_freedom: int
    p_value: float
    # Share of the variance of ranks between conditions, 0 to 1: H / (n - 1).
    epsilon_squared: float


def kruskal_wallis(groups: Mapping[str, np.ndarray]) -> KruskalWallis:
    """Tie-corrected H of the conditions' scores; NaN where all are equal or a group is empty.

    Source: Kruskal and Wallis (1952); epsilon squared: Tomczak and Tomczak (2014).
    """
    known = [without_nan(values) for values in groups.values()]
    freedom = len(known) - 1
    pooled = np.concatenate(known)
    if min(len(values) for values in known) == 0 or len(np.unique(pooled)) == 1:
        return KruskalWallis(np.nan, freedom, np.nan, np.nan)
    h, p = stats.kruskal(*known)
    return KruskalWallis(float(h), freedom, float(p), float(h) / (len(pooled) - 1))


def dunn(groups: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Dunn's two-sided z for each pair of conditions, columns `DUNN_COLUMNS`.

    z is positive where condition_a ranks higher. Ranks are those of all conditions together, the
    variance is corrected for ties, p_holm covers the pairs. Source: Dunn (1964).
    """
    known = {name: without_nan(values) for name, values in groups.items()}
    pooled = np.concatenate(list(known.values()))
    ranks = stats.rankdata(pooled)
    ends = np.cumsum([len(values) for values in known.values()])
    means = {
        name: float(part.mean()) if len(part) else np.nan
        for name, part in zip(known, np.split(ranks, ends[:-1]), strict=True)
    }
    variance = _rank_variance(pooled)
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


def _rank_variance(pooled: np.ndarray) -> float:
    n = len(pooled)
    counts = np.unique(pooled, return_counts=True)[1].astype(float)
    return n * (n + 1) / 12 - float((counts**3 - counts).sum()) / (12 * (n - 1))
