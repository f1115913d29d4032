"""How often the interval of a mean share covers the truth, compared with Student's."""

import numpy as np
import pandas as pd

from analysis.statistics.choices.shares import share_with_interval
from analysis.statistics.descriptives import mean_with_interval

N_ITEMS = 14
SIZES = (5, 10, 20, 40, 58)
RATES = (0.02, 0.05, 0.10, 0.25, 0.50)
# Of two answers of one participant.
CORRELATIONS = (0.0, 0.1, 0.3, 0.5)
SHARE_COLUMNS = ("n", "rate", "correlation", "coverage", "student", "simulations")


def share_coverage(n: int, simulations: int, seed: int) -> pd.DataFrame:
    """Coverage over every rate and correlation for n participants, columns `SHARE_COLUMNS`.

    A participant answers `N_ITEMS` images with a probability from a beta distribution whose mean is
    the rate. The coverage of a rate r above one half is that of 1 - r. A Student interval without
    width covers no rate.
    """
    rows = []
    for rate in RATES:
        for correlation in CORRELATIONS:
            random = np.random.default_rng([seed, 16, n, int(100 * rate), int(100 * correlation)])
            studies = _studies(random, simulations, n, rate, correlation)
            covered = [[_covers(make(scores), rate) for make in _INTERVALS] for scores in studies]
            ours, student = np.mean(covered, axis=0)
            rows.append((n, rate, correlation, float(ours), float(student), simulations))
    return pd.DataFrame(rows, columns=list(SHARE_COLUMNS))


_INTERVALS = (share_with_interval, mean_with_interval)


def _studies(
    random: np.random.Generator, simulations: int, n: int, rate: float, correlation: float
) -> np.ndarray:
    """Scores, studies x participants."""
    chances: np.ndarray = np.full((simulations, n), rate)
    if correlation:
        size = 1 / correlation - 1
        chances = random.beta(rate * size, (1 - rate) * size, (simulations, n))
    scores: np.ndarray = random.binomial(N_ITEMS, chances) / N_ITEMS
    return scores


def _covers(found: dict[str, float], truth: float) -> bool:
    return bool(found["ci_low"] - 1e-12 <= truth <= found["ci_high"] + 1e-12)
