"""Type-I error rates of each test at 5 %."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.calibration.populations import (
    ALPHA,
    N_A,
    N_B,
    N_SMALL,
    RATE_COLUMNS,
    Population,
    leavers,
)
from analysis.statistics.attrition import differential_attrition
from analysis.statistics.means.gee import effect_of_counts
from analysis.statistics.means.mean_tests import against_chance, equivalence, welch
from analysis.statistics.means.permutation import permutation_test, sign_flip_test
from analysis.statistics.ranks.mann_whitney import mann_whitney
from analysis.statistics.several_conditions import dunn, kruskal_wallis

MARGIN = 0.1
RESAMPLES = 999
LEAVING, TRIALS = 0.02, 30

# A study under the null hypothesis: two groups drawn from one population of this mean, and p.
NullTest = Callable[[np.ndarray, np.ndarray, float], float]


def _kruskal(a: np.ndarray, b: np.ndarray, mean: float) -> float:
    return kruskal_wallis({"a": a[:30], "b": b, "c": a[30:]}).pvalue


def _dunn(a: np.ndarray, b: np.ndarray, mean: float) -> float:
    return float(dunn({"a": a[:30], "b": b, "c": a[30:]})["p_value"].iloc[0])


def _small(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return a[:N_SMALL], b[:N_SMALL]


# name -> (test, divisor of the number of simulations for a slow test)
NULL_TESTS: dict[str, tuple[NullTest, int]] = {
    "Mann-Whitney": (lambda a, b, mean: mann_whitney(a, b).pvalue, 1),
    "Mann-Whitney, one-sided": (lambda a, b, mean: mann_whitney(a, b, "less").pvalue, 1),
    "Mann-Whitney, no continuity correction": (
        lambda a, b, mean: mann_whitney(a, b, continuity=False).pvalue,
        1,
    ),
    "Mann-Whitney, exact with ties, n = 12": (
        lambda a, b, mean: mann_whitney(*_small(a, b), method="exact").pvalue,
        4,
    ),
    "Welch": (lambda a, b, mean: welch(a, b).pvalue, 1),
    "permutation": (lambda a, b, mean: permutation_test(a, b, resamples=RESAMPLES).pvalue, 1),
    "Kruskal-Wallis": (_kruskal, 1),
    "Dunn, one pair": (_dunn, 4),
    "t test against chance": (lambda a, b, mean: against_chance(a, mean).pvalue, 1),
    "sign flips against chance": (
        lambda a, b, mean: sign_flip_test(a, mean, resamples=RESAMPLES).pvalue,
        1,
    ),
    "no worse than (one side of TOST)": (
        lambda a, b, mean: equivalence(a - MARGIN, b, MARGIN).p_not_below,
        1,
    ),
    "equivalence (TOST)": (lambda a, b, mean: equivalence(a - MARGIN, b, MARGIN).pvalue, 1),
    "Mann-Whitney, n = 12": (lambda a, b, mean: mann_whitney(*_small(a, b)).pvalue, 1),
    "Mann-Whitney, mid-p, n = 12": (
        lambda a, b, mean: mann_whitney(*_small(a, b), method="mid-p").pvalue,
        2,
    ),
}


def type_one_errors(populations: list[Population], simulations: int, seed: int) -> pd.DataFrame:
    """Rates of all tests of scores, columns `RATE_COLUMNS`; one random stream per test."""
    rows = []
    for population in populations:
        mean = float(population.scores.mean())
        for number, (name, (test, slower)) in enumerate(NULL_TESTS.items()):
            n = max(1, simulations // slower)
            random = np.random.default_rng([seed, number])
            found = sum(
                test(*_two_groups(random, population.scores), mean) < ALPHA for _ in range(n)
            )
            rows.append((name, population.name, found / n, n))
        n = simulations
        for number, (name, sizes) in enumerate(GEE_SIZES.items()):
            random = np.random.default_rng([seed, 99, number])
            found = sum(_gee_p(random, population, *sizes) < ALPHA for _ in range(n))
            rows.append((name, population.name, found / n, n))
    return pd.DataFrame(rows, columns=list(RATE_COLUMNS))


GEE_SIZES = {"GEE": (N_A, N_B), "GEE, n = 12": (N_SMALL, N_SMALL)}


def _two_groups(random: np.random.Generator, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return random.choice(scores, N_A), random.choice(scores, N_B)


def _gee_p(random: np.random.Generator, population: Population, n_a: int, n_b: int) -> float:
    """p for two conditions of participants from one population."""
    right = random.choice(population.n_correct, n_a + n_b).astype(float)
    asked = np.full(n_a + n_b, float(population.n_items))
    return effect_of_counts(right, asked, np.arange(n_a + n_b) < n_a).pvalue


def untied_errors(simulations: int, seed: int) -> pd.DataFrame:
    """Rates of the exact Mann-Whitney test, and of its default, on scores without ties."""
    random = np.random.default_rng([seed, 5])
    found = 0
    for _ in range(simulations):
        a, b = (random.lognormal(8.5, 0.4, N_SMALL) for _ in range(2))
        found += mann_whitney(a, b).pvalue < ALPHA
    row = ("Mann-Whitney, exact without ties, n = 12", "times", found / simulations, simulations)
    return pd.DataFrame([row], columns=list(RATE_COLUMNS))


def attrition_errors(simulations: int, seed: int) -> pd.DataFrame:
    """Rates of the tests of differential attrition; all conditions drop out equally often."""
    label = f"leaving with chance {LEAVING} at each trial"
    rows = []
    for number, (kind, sizes) in enumerate(ATTRITION_SIZES.items()):
        random = np.random.default_rng([seed, 6, number])
        found = {"log-rank": 0, "N - 1 chi-squared": 0}
        for _ in range(simulations):
            test = differential_attrition(leavers(random, sizes, LEAVING, TRIALS))
            found["log-rank"] += test.p_log_rank < ALPHA
            found["N - 1 chi-squared"] += test.p_finished < ALPHA
        rows += [
            (f"{name}, {kind}", label, count / simulations, simulations)
            for name, count in found.items()
        ]
    return pd.DataFrame(rows, columns=list(RATE_COLUMNS))


ATTRITION_SIZES = {
    "two conditions": {"a": N_A, "b": N_B},
    "three conditions": {"a": N_B, "b": N_B, "c": N_B},
}
