"""The number of participants that a study needs, by simulation."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from analysis.data.schema import MODEL_WRONG
from analysis.errors import PlanError
from analysis.sample_size.analyses import ANALYSES, MANN_WHITNEY, Analysis, Sides, Study
from analysis.sample_size.ceilings import Ceiling
from analysis.sample_size.random_images import AnswerModel, RandomImages
from analysis.sample_size.score_models import ScoreModel
from analysis.statistics.alternatives import ALTERNATIVES, METHODS, Alternative, Method

POWER_COLUMNS = ("n_per_condition", "power", "ci_low", "ci_high")
# Of an analysis that fits a model: the share of studies in which it is not fitted.
NOT_FITTED = "not_fitted"
# Studies simulated at a time, so that memory stays bounded.
BLOCK = 500
# Sees each size's p-values pass.
Progress = Callable[[Iterable[np.ndarray]], Iterable[np.ndarray]]


@dataclass(frozen=True)
class PowerQuestion:
    """The difference to be found, a against b, by an analysis of the report.

    With `images`, a study is drawn answer by answer, with participants and images random and scores
    of the mean and deviation of a and b; else participants' scores are drawn, for which the images
    are always the same.
    """

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
    analysis: str = MANN_WHITNEY
    images: RandomImages | None = None

    def __post_init__(self) -> None:
        if self.analysis not in ANALYSES:
            raise PlanError(
                f"analysis must be one of {', '.join(ANALYSES)}, but is {self.analysis!r}."
            )
        if self.images is None and self.kind.has_random_images:
            raise PlanError(
                f"The power of the {self.kind.title} depends on how images differ between the"
                " conditions: give images (--item-condition-sd), 0 if they do not differ."
            )
        if self.alternative not in ALTERNATIVES:
            raise PlanError(
                f"alternative must be one of {', '.join(ALTERNATIVES)}, but is"
                f" {self.alternative!r}."
            )
        if self.method not in METHODS:
            raise PlanError(f"method must be one of {', '.join(METHODS)}, but is {self.method!r}.")
        if self.tests < 1:
            raise PlanError(f"tests must be at least 1, but is {self.tests}.")
        for name, value in {"alpha": self.alpha, "The wanted power": self.wanted}.items():
            if not 0 < value < 1:
                raise PlanError(f"{name} must lie between 0 and 1, but is {value:g}.")
        if not 0 <= self.attrition < 1:
            raise PlanError(f"attrition must be at least 0 and below 1, but is {self.attrition:g}.")

    @property
    def level(self) -> float:
        """The level of a single test."""
        return self.alpha / self.tests

    @property
    def has_difference(self) -> bool:
        """Whether the assumed means differ, in the direction of the alternative."""
        a, b = self.a.mean, self.b.mean
        return {"two-sided": a != b, "less": a < b, "greater": a > b}[self.alternative]

    @property
    def kind(self) -> Analysis:
        """The analysis."""
        return ANALYSES[self.analysis]

    @cached_property
    def answers(self) -> AnswerModel | None:
        """How single answers are drawn; PlanError where none are as assumed."""
        return AnswerModel.of(self.a, self.b, self.images) if self.images else None


@dataclass(frozen=True)
class SamplePlan:
    """The simulated curve (columns `POWER_COLUMNS`) and the sizes that follow from it."""

    curve: pd.DataFrame
    # None where no simulated size reaches the wanted power.
    n_finished: int | None
    n_recruited: int | None
    # Of an analysis with random images: the power that more participants cannot exceed, and the
    # images without which it is below the wanted one (None also where very many do not suffice).
    ceiling: float | None = None
    least_images: int | None = None


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
    if seed < 0:
        raise PlanError(f"The seed must be at least 0, but is {seed}.")
    simulate = partial(_p_values, question, simulations=simulations, seed=seed)
    # Before any process is started: an assumption may be impossible.
    drawn = question.answers
    if jobs == 1:
        found = list(progress(map(simulate, ordered)))
    else:
        with ProcessPoolExecutor(jobs) as pool:
            found = list(progress(pool.map(simulate, ordered)))
    counts = [int((p < question.level).sum()) for p in found]
    low, high = proportion_confint(np.array(counts), simulations, method="wilson")
    powers = [count / simulations for count in counts]
    curve = pd.DataFrame(dict(zip(POWER_COLUMNS, (ordered, powers, low, high), strict=True)))
    if drawn is None or not question.kind.has_random_images:
        return _answer(question, curve)
    curve[NOT_FITTED] = [float(np.isnan(p).mean()) for p in found]
    return _below_ceiling(_answer(question, curve), question, drawn)


def _answer(question: PowerQuestion, curve: pd.DataFrame) -> SamplePlan:
    # Where images differ, a test that does not see it finds more and more of what is not there.
    is_false = question.images is not None and not question.has_difference
    n = None if is_false else _first_enough(curve, question.wanted)
    recruited = None if n is None else math.ceil(n / (1 - question.attrition))
    return SamplePlan(curve, n, recruited)


def _below_ceiling(plan: SamplePlan, question: PowerQuestion, drawn: AnswerModel) -> SamplePlan:
    """The plan with its limits; a power that is simulated beyond its ceiling is there by chance."""
    images = drawn.images
    top = Ceiling(
        drawn.difference, images.item_condition_sd, images.n_other_items,
        question.level, question.alternative,
    )  # fmt: skip
    highest, least = top.at(images.n_items), top.least_images(question.wanted)
    if highest < question.wanted:
        plan = SamplePlan(plan.curve, None, None)
    return replace(plan, ceiling=highest, least_images=least)


def simulated_power(question: PowerQuestion, n: int, simulations: int, seed: int) -> float:
    """Return the share of studies with n participants per condition whose p is below the level."""
    found = _p_values(question, n, simulations, seed)
    return int((found < question.level).sum()) / simulations


def _p_values(question: PowerQuestion, n: int, simulations: int, seed: int) -> np.ndarray:
    """Each study's p."""
    sides = Sides(question.alternative, question.method, question.continuity)
    studies = _studies(question, n, simulations, seed)
    return np.array([question.kind.p_value(study, sides) for study in studies])


def _studies(question: PowerQuestion, n: int, simulations: int, seed: int) -> Iterator[Study]:
    """The same studies for every analysis; fewer simulations are the first of them."""
    drawn = question.answers
    if drawn is not None:
        random = np.random.default_rng([seed, n, drawn.images.n_items])
        for _ in range(simulations):
            answers = drawn.draw(random, n)
            of_a, of_b = answers[MODEL_WRONG].mean(axis=2)
            yield Study(of_a, of_b, answers)
        return
    random = np.random.default_rng([seed, n])
    for start in range(0, simulations, BLOCK):
        studies = min(BLOCK, simulations - start)
        a = question.a.draw(random, studies, n)
        b = question.b.draw(random, studies, n)
        for of_a, of_b in zip(a, b, strict=True):
            yield Study(of_a, of_b, answers={})


def _first_enough(curve: pd.DataFrame, wanted: float) -> int | None:
    enough = (curve["power"] >= wanted).to_numpy()
    # True where this size and all larger ones are enough.
    from_here_on = np.logical_and.accumulate(enough[::-1])[::-1]
    if not from_here_on.any():
        return None
    return int(curve["n_per_condition"].to_numpy()[from_here_on.argmax()])
