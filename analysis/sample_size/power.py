"""The number of participants that a study needs, by simulation."""

import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from analysis.errors import PlanError
from analysis.sample_size.score_models import ScoreModel
from analysis.statistics.alternatives import ALTERNATIVES, METHODS, Alternative, Method
from analysis.statistics.ranks.mann_whitney import mann_whitney

POWER_COLUMNS = ("n_per_condition", "power", "ci_low", "ci_high")
# Studies simulated at a time, so that memory stays bounded.
BLOCK = 500
Progress = Callable[[Iterable[float]], Iterable[float]]


@dataclass(frozen=True)
class PowerQuestion:
    """The difference to be found, a against b, by the report's Mann-Whitney test."""

    a: ScoreModel
    b: ScoreModel
    alternative: Alternative = "two-sided"
    # Of all `tests` together: each counts at alpha / tests, which Holm's correction demands of the
    # smallest p. The default plan of two conditions has two tests.
    alpha: float = 0.05
    tests: int = 2
    method: Method = "auto"
    continuity: bool = True
    wanted: float = 0.8
    # The share of participants who will not finish.
    attrition: float = 0.0

    def __post_init__(self) -> None:
        if self.alternative not in ALTERNATIVES:
            raise PlanError(
                f"alternative must be one of {', '.join(ALTERNATIVES)}, but is"
                f" {self.alternative!r}."
            )
        if self.method not in METHODS:
            raise PlanError(f"method must be one of {', '.join(METHODS)}, but is {self.method!r}.")
        if self.tests < 1:
            raise PlanError(f"tests must be at least 1, but is {self.tests}.")
        for name in ("alpha", "wanted"):
            if not 0 < getattr(self, name) < 1:
                raise PlanError(f"{name} must lie between 0 and 1, but is {getattr(self, name):g}.")
        if not 0 <= self.attrition < 1:
            raise PlanError(f"attrition must be at least 0 and below 1, but is {self.attrition:g}.")

    @property
    def level(self) -> float:
        """The level of a single test."""
        return self.alpha / self.tests


@dataclass(frozen=True)
class SamplePlan:
    """The simulated curve (columns `POWER_COLUMNS`) and the sizes that follow from it."""

    curve: pd.DataFrame
    # None where no simulated size reaches the wanted power.
    n_finished: int | None
    n_recruited: int | None


def plan_sample(
    question: PowerQuestion,
    sizes: Sequence[int],
    simulations: int = 2_000,
    seed: int = 1,
    jobs: int = 1,
    progress: Progress = iter,
) -> SamplePlan:
    """Return the simulated power at each of `sizes`, finished participants per condition.

    Each size has its own random stream, from the seed and the size: the result does not depend on
    the number of jobs or on the other sizes. n_finished is the smallest size from which on the
    power is always at least the wanted one; n_recruited allows for attrition.
    """
    ordered = sorted(set(sizes))
    if not ordered or ordered[0] < 2:
        raise PlanError("The sizes to simulate must be given, each of at least 2 participants.")
    simulate = partial(simulated_power, question, simulations=simulations, seed=seed)
    if jobs == 1:
        powers = list(progress(map(simulate, ordered)))
    else:
        with ProcessPoolExecutor(jobs) as pool:
            powers = list(progress(pool.map(simulate, ordered)))
    counts = np.rint(np.array(powers) * simulations)
    low, high = proportion_confint(counts, simulations, method="wilson")
    curve = pd.DataFrame(dict(zip(POWER_COLUMNS, (ordered, powers, low, high), strict=True)))
    n = _first_enough(curve, question.wanted)
    recruited = None if n is None else math.ceil(n / (1 - question.attrition))
    return SamplePlan(curve, n, recruited)


def simulated_power(question: PowerQuestion, n: int, simulations: int, seed: int) -> float:
    """Return the share of studies with n participants per condition whose p is below the level."""
    random = np.random.default_rng([seed, n])
    found = 0
    for start in range(0, simulations, BLOCK):
        studies = min(BLOCK, simulations - start)
        a = question.a.draw(random, studies, n)
        b = question.b.draw(random, studies, n)
        p_values = map(partial(_p_value, question), a, b)
        found += sum(p < question.level for p in p_values)
    return found / simulations


def _p_value(question: PowerQuestion, a: np.ndarray, b: np.ndarray) -> float:
    """p as in the report."""
    return mann_whitney(a, b, question.alternative, question.method, question.continuity).pvalue


def _first_enough(curve: pd.DataFrame, wanted: float) -> int | None:
    enough = (curve["power"] >= wanted).to_numpy()
    # True where this size and all larger ones are enough.
    from_here_on = np.logical_and.accumulate(enough[::-1])[::-1]
    if not from_here_on.any():
        return None
    return int(curve["n_per_condition"].to_numpy()[from_here_on.argmax()])
