"""Which comparisons were declared before the data were seen, and in which direction."""

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from analysis.errors import PlanError
from analysis.exclusions import DEFAULTS, Thresholds
from analysis.schema import ALL, ASKED_STRATA, MODEL_RIGHT, MODEL_WRONG, STRATA

Alternative = Literal["two-sided", "less", "greater"]
# How p of a Mann-Whitney test is found: `comparisons.mann_whitney` says when auto is which.
Method = Literal["auto", "exact", "asymptotic"]
ALTERNATIVES: tuple[Alternative, ...] = ("two-sided", "less", "greater")
METHODS: tuple[Method, ...] = ("auto", "exact", "asymptotic")


@dataclass(frozen=True)
class PlannedTest:
    """Accuracy of condition_a against condition_b; `less` means a is expected below b."""

    stratum: str
    condition_a: str
    condition_b: str
    alternative: Alternative = "two-sided"

    def __post_init__(self) -> None:
        if self.alternative not in ALTERNATIVES:
            raise PlanError(
                f"alternative must be one of {', '.join(ALTERNATIVES)}, but is"
                f" {self.alternative!r}."
            )
        if self.stratum not in STRATA:
            raise PlanError(f"stratum must be one of {', '.join(STRATA)}, but is {self.stratum!r}.")


@dataclass(frozen=True)
class Plan:
    """The declared family of tests, which Holm's correction covers, and the exploratory ones."""

    declared: tuple[PlannedTest, ...]
    exploratory: tuple[PlannedTest, ...] = ()
    # Where the declaration comes from; the report prints it.
    origin: str = "the default plan"
    # A difference of accuracies too small to matter; without one, equivalence is not tested.
    equivalence_margin: float | None = None
    thresholds: Thresholds = DEFAULTS
    method: Method = "auto"
    # Whether the normal approximation is corrected for continuity.
    continuity: bool = True


# What the perception-visualization study expected of its two conditions.
PUBLISHED_DIRECTIONS: dict[str, Alternative] = {MODEL_WRONG: "less", MODEL_RIGHT: "greater"}


def default_plan(conditions: list[str]) -> Plan:
    """Every pair of conditions in both strata; the paper's pair in the paper's direction.

    The pooled stratum is exploratory: an effect that helps where the model is wrong and harms where
    it is right has no expected direction there.
    """
    declared, exploratory = [], []
    for first, second in combinations(sorted(conditions), 2):
        published = (first, second) == ("gradcam", "pv")
        for stratum in ASKED_STRATA:
            direction = PUBLISHED_DIRECTIONS[stratum] if published else "two-sided"
            declared.append(PlannedTest(stratum, first, second, direction))
        exploratory.append(PlannedTest(ALL, first, second))
    return Plan(tuple(declared), tuple(exploratory))


def require_plan_fits(plan: Plan, conditions: list[str]) -> None:
    """Refuse a plan that names a condition without data."""
    for test in (*plan.declared, *plan.exploratory):
        for name in (test.condition_a, test.condition_b):
            if name not in conditions:
                raise PlanError(
                    f"The plan compares the condition {name!r}, but the data hold"
                    f" {', '.join(conditions)}."
                )
