"""How many participants a study needs, by simulating it."""

import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from analysis.errors import PlanError
from analysis.sample_size.score_models import ScoreModel
from analysis.statistics.alternatives import Alternative

POWER_COLUMNS = ("n_per_condition", "power", "ci_low", "ci_high")
# Studies simulated at a time, so that memory stays bounded.
BLOCK = 500
Progress = Callable[[Iterable[float]], Iterable[float]]


@dataclass(frozen=True)
class Question:
    """What is to be found: a against b by the Mann-Whitney test, at which level, how surely."""

    a: ScoreModel
    b: ScoreModel
    alternative: Alternative = "two-sided"
    alpha: float = 0.05
    wanted: float = 0.8
    # The share of participants who will not finish.
    attrition: float = 0.0

    def __post_init__(self) -> None:
        for name in ("alpha", "wanted"):
            if not 0 < getattr(self, name) < 1:
                raise PlanError(f"{name} must lie between 0 and 1, but is {getattr(self, name):g}.")
        if not 0 <= self.attrition < 1:
            raise PlanError(f"attrition must be at least 0 and below 1, but is {self.attrition:g}.")


@dataclass(frozen=True)
class SamplePlan:
    """The simulated curve (columns `POWER_COLUMNS`) and the sizes that it leads to."""

    curve: pd.DataFrame
    # None where no simulated size reaches the wanted power.
    n_finished: int | None
    n_recruited: int | None


def plan_sample(
    question: Question,
    sizes: Sequence[int],
    simulations: int = 2_000,
    seed: int = 1,
    jobs: int = 1,
    progress: Progress = iter,
) -> SamplePlan:
    """Power at each of `sizes` (finished participants a condition) by `simulations` studies.

    Every size has its own random stream, made from the seed and the size: the result is the same
    for any number of jobs and any other sizes. n_finished is the smallest size from which on the
    simulated power never falls below the wanted one; n_recruited adds what attrition will take.
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


def simulated_power(question: Question, n: int, simulations: int, seed: int) -> float:
    """Share of simulated studies of n participants a condition whose p is below alpha."""
    random = np.random.default_rng([seed, n])
    found = 0
    for start in range(0, simulations, BLOCK):
        studies = min(BLOCK, simulations - start)
        a = question.a.draw(random, studies, n)
        b = question.b.draw(random, studies, n)
        p = stats.mannwhitneyu(
            a, b, alternative=question.alternative, method="asymptotic", axis=1
        ).pvalue
        found += int((p < question.alpha).sum())
    return found / simulations


def _first_enough(curve: pd.DataFrame, wanted: float) -> int | None:
    enough = (curve["power"] >= wanted).to_numpy()
    # True from the end backwards as long as every larger size is enough, too.
    from_here_on = np.logical_and.accumulate(enough[::-1])[::-1]
    if not from_here_on.any():
        return None
    return int(curve["n_per_condition"].to_numpy()[from_here_on.argmax()])
