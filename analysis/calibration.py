"""Whether the tests err as often as they say, and the intervals hold what they promise.

Simulated studies draw their participants with replacement from real score distributions, so that
the null hypothesis, or the true effect, is known.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.attrition import differential_attrition
from analysis.bootstrap import intervals_of_matrices
from analysis.comparisons import mann_whitney
from analysis.descriptives import mean_with_interval
from analysis.effect_sizes import cliffs_delta
from analysis.gee import condition_effect
from analysis.mean_tests import against_chance, equivalence, welch
from analysis.permutation import permutation_test, sign_flip_test
from analysis.schema import ASKED_STRATA
from analysis.several_conditions import dunn, kruskal_wallis
from analysis.shifts import hodges_lehmann, mean_difference

N_A, N_B = 58, 40
ALPHA = 0.05
MARGIN = 0.1
TRIALS = 30
RATE_COLUMNS = ("name", "population", "rate", "simulations")

# A study under the null hypothesis: two groups drawn from one population, and p.
NullTest = Callable[[np.ndarray, np.ndarray, float], float]


def _kruskal(a: np.ndarray, b: np.ndarray, mean: float) -> float:
    return kruskal_wallis({"a": a[:30], "b": b, "c": a[30:]}).p_value


def _dunn(a: np.ndarray, b: np.ndarray, mean: float) -> float:
    return float(dunn({"a": a[:30], "b": b, "c": a[30:]})["p_value"].iloc[0])


# name -> (test, by how much fewer simulations it gets, being slow)
NULL_TESTS: dict[str, tuple[NullTest, int]] = {
    "Mann-Whitney": (lambda a, b, mean: mann_whitney(a, b).p_value, 1),
    "Mann-Whitney, one-sided": (lambda a, b, mean: mann_whitney(a, b, "less").p_value, 1),
    "Mann-Whitney, no continuity correction": (
        lambda a, b, mean: mann_whitney(a, b, continuity=False).p_value,
        1,
    ),
    "Mann-Whitney, exact with ties, n = 12": (
        lambda a, b, mean: mann_whitney(a[:12], b[:12], method="exact").p_value,
        4,
    ),
    "Welch": (lambda a, b, mean: welch(a, b).p_value, 1),
    "permutation": (lambda a, b, mean: permutation_test(a, b, resamples=999).p_value, 1),
    "Kruskal-Wallis": (_kruskal, 1),
    "Dunn, one pair": (_dunn, 4),
    "t test against chance": (lambda a, b, mean: against_chance(a, mean).p_value, 1),
    "sign flips against chance": (
        lambda a, b, mean: sign_flip_test(a, mean, resamples=999).p_value,
        1,
    ),
    "no worse than (one side of TOST)": (
        lambda a, b, mean: equivalence(a - MARGIN, b, MARGIN).p_not_below,
        1,
    ),
}


@dataclass(frozen=True)
class Population:
    """Real scores to draw from: numbers of correct answers out of `n_items`."""

    name: str
    n_correct: np.ndarray
    n_items: int

    @property
    def scores(self) -> np.ndarray:
        shares: np.ndarray = self.n_correct / self.n_items
        return shares


def populations_of(wide: pd.DataFrame) -> list[Population]:
    """One population a condition and stratum of a file of scores (`schema.SCORE_FILE_COLUMNS`)."""
    return [
        Population(
            f"{condition}, {stratum}",
            part[f"correct_{stratum}"].to_numpy(),
            int(part[f"n_{stratum}"].iloc[0]),
        )
        for stratum in ASKED_STRATA
        for condition, part in wide.groupby("condition")
    ]


def calibrate(wide: pd.DataFrame, simulations: int, seed: int) -> dict[str, pd.DataFrame]:
    """Every rate: `type_one_errors` at 5 %, and `coverages` of 95 % intervals."""
    populations = populations_of(wide)
    pairs = [
        coverages(a, b, simulations, seed)
        for a, b in zip(populations[::2], populations[1::2], strict=True)
    ]
    intervals = [*pairs, two_way_coverage(max(1, simulations // 5), seed)]
    errors = [
        type_one_errors(populations, simulations, seed),
        attrition_errors(max(1, simulations // 4), seed),
    ]
    return {
        "type_one_errors": pd.concat(errors, ignore_index=True),
        "coverages": pd.concat(intervals, ignore_index=True),
    }


def type_one_errors(populations: list[Population], simulations: int, seed: int) -> pd.DataFrame:
    """How often each test finds at 5 % what is not there, columns `RATE_COLUMNS`."""
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
        n = max(1, simulations // 4)
        random = np.random.default_rng([seed, 99])
        found = sum(_gee_p(random, population) < ALPHA for _ in range(n))
        rows.append(("GEE", population.name, found / n, n))
    return pd.DataFrame(rows, columns=list(RATE_COLUMNS))


def attrition_errors(simulations: int, seed: int, leaving: float = 0.02) -> pd.DataFrame:
    """Type-I errors of the tests of differential attrition; everybody leaves with one chance.

    Fisher's test errs less often than 5 %, since it conditions on few leavers.
    """
    random = np.random.default_rng([seed, 6])
    found = {"log-rank": 0, "Fisher": 0}
    for _ in range(simulations):
        stayed = np.minimum(random.geometric(leaving, N_A + N_B) - 1, TRIALS)
        people = pd.DataFrame(
            {
                "condition": ["a"] * N_A + ["b"] * N_B,
                "n_answered": stayed,
                "status": "in_trials",
                "finished_at": np.where(stayed == TRIALS, "finished", ""),
            }
        )
        test = differential_attrition(people)
        found["log-rank"] += test.p_log_rank < ALPHA
        found["Fisher"] += test.p_finished < ALPHA
    label = f"leaving with chance {leaving} at each trial"
    rows = [(name, label, count / simulations, simulations) for name, count in found.items()]
    return pd.DataFrame(rows, columns=list(RATE_COLUMNS))


def _two_groups(random: np.random.Generator, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return random.choice(scores, N_A), random.choice(scores, N_B)


def _gee_p(random: np.random.Generator, population: Population) -> float:
    """Trials of participants with real numbers of correct answers, all from one population."""
    correct = random.choice(population.n_correct, N_A + N_B)
    trials = pd.DataFrame(
        {
            "participant_id": np.repeat(np.arange(N_A + N_B).astype(str), population.n_items),
            "condition": np.repeat(["a"] * N_A + ["b"] * N_B, population.n_items),
            "correct": (np.arange(population.n_items) < correct[:, None]).ravel().astype(float),
        }
    )
    return condition_effect(trials, "a", "b").p_value


def coverages(a: Population, b: Population, simulations: int, seed: int) -> pd.DataFrame:
    """How often 95 % intervals hold the true value, columns `RATE_COLUMNS`.

    The truth is that of the two populations: mean, difference of means, delta, median difference.
    """
    truth = {
        "mean of a": float(a.scores.mean()),
        "mean of b": float(b.scores.mean()),
        "difference of means": float(a.scores.mean() - b.scores.mean()),
        "Cliff's delta": cliffs_delta(a.scores, b.scores).delta.estimate,
        "Hodges-Lehmann shift": hodges_lehmann(a.scores, b.scores).estimate,
    }
    held = dict.fromkeys(truth, 0)
    random = np.random.default_rng([seed, 7])
    for _ in range(simulations):
        x, y = random.choice(a.scores, N_A), random.choice(b.scores, N_B)
        for name, (low, high) in _intervals(x, y).items():
            # A limit that equals the truth but for its last bits holds it.
            held[name] += low - 1e-12 <= truth[name] <= high + 1e-12
    label = f"{a.name} against {b.name}"
    rows = [(name, label, count / simulations, simulations) for name, count in held.items()]
    return pd.DataFrame(rows, columns=list(RATE_COLUMNS))


def _intervals(x: np.ndarray, y: np.ndarray) -> dict[str, tuple[float, float]]:
    means = [mean_with_interval(group) for group in (x, y)]
    difference, shift = mean_difference(x, y), hodges_lehmann(x, y)
    delta = cliffs_delta(x, y).delta
    return {
        "mean of a": (means[0]["ci_low"], means[0]["ci_high"]),
        "mean of b": (means[1]["ci_low"], means[1]["ci_high"]),
        "difference of means": (difference.ci_low, difference.ci_high),
        "Cliff's delta": (delta.ci_low, delta.ci_high),
        "Hodges-Lehmann shift": (shift.ci_low, shift.ci_high),
    }


def two_way_coverage(simulations: int, seed: int, n_items: int = 14) -> pd.DataFrame:
    """Coverage of the two-way bootstrap where people and images both vary; the true effect is 0."""
    random = np.random.default_rng([seed, 8])
    held = 0
    for _ in range(simulations):
        easy = random.normal(0, 0.7, n_items)
        a, b = (_answers(random, easy, n) for n in (N_A, N_B))
        found = intervals_of_matrices(a, b, 1_000, random)["both"]
        held += found.ci_low <= 0 <= found.ci_high
    rows = [("two-way bootstrap", "simulated people and images", held / simulations, simulations)]
    return pd.DataFrame(rows, columns=list(RATE_COLUMNS))


def _answers(random: np.random.Generator, easy: np.ndarray, n: int) -> np.ndarray:
    """Answers of n people; images differ in ease, and in ease under this condition."""
    able = random.normal(0, 0.7, n)[:, None]
    chance = 1 / (1 + np.exp(-(able + easy + random.normal(0, 0.5, len(easy)))))
    drawn: np.ndarray = (random.random(chance.shape) < chance).astype(float)
    return drawn
