"""Which comparisons were declared before the data were seen, and in which direction."""

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from analysis.data.schema import ALL, ASKED_STRATA, MODEL_RIGHT, MODEL_WRONG, STRATA
from analysis.data.validation import require_known
from analysis.errors import PlanError
from analysis.plan.exclusions import DEFAULTS, RULE_NAMES, Thresholds
from analysis.statistics.alternatives import ALTERNATIVES, METHODS, Alternative, Method

# What keeps the errors of a family in bounds: `multiplicity.py` says which errors.
Correction = Literal["holm", "benjamini_hochberg"]
CORRECTIONS: tuple[Correction, ...] = ("holm", "benjamini_hochberg")
DEFAULT_ORIGIN = "the default plan, no other being given"


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
    """The declared family of tests, which the correction covers, and the exploratory ones.

    Raises ValueError for an unknown method, correction or rule.
    """

    declared: tuple[PlannedTest, ...]
    exploratory: tuple[PlannedTest, ...] = ()
    # The conditions that data may hold; any, where none are named.
    conditions: tuple[str, ...] = ()
    # Where the declaration comes from; the report prints it.
    origin: str = DEFAULT_ORIGIN
    # A difference of accuracies too small to matter; without one, equivalence is not tested.
    equivalence_margin: float | None = None
    thresholds: Thresholds = DEFAULTS
    method: Method = "auto"
    # Whether the normal approximation is corrected for continuity.
    continuity: bool = True
    correction: Correction = "holm"
    # A declared hypothesis is supported where its corrected p is below.
    alpha: float = 0.05
    # Which exclusion rules the second look applies.
    rules: tuple[str, ...] = RULE_NAMES

    @property
    def is_declared(self) -> bool:
        """Whether the study declared these tests; else they are the software's default."""
        return self.origin != DEFAULT_ORIGIN

    @property
    def kind(self) -> str:
        """What a report calls the plan's family of tests."""
        return "declared" if self.is_declared else "default"

    def __post_init__(self) -> None:
        require_known("method", self.method, METHODS)
        require_known("correction", self.correction, CORRECTIONS)
        for rule in self.rules:
            require_known("rule", rule, RULE_NAMES)


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


def with_exploratory(declared: Plan, later: Plan) -> Plan:
    """The declared plan with the tests of a later one as exploratory tests."""
    known = (*declared.declared, *declared.exploratory)
    new = [test for test in (*later.declared, *later.exploratory) if test not in known]
    return replace(declared, exploratory=(*declared.exploratory, *new))


def require_plan_fits(plan: Plan, conditions: list[str], holder: str = "the data hold") -> None:
    """Refuse a plan that names a condition without data."""
    for test in (*plan.declared, *plan.exploratory):
        for name in (test.condition_a, test.condition_b):
            if name not in conditions:
                raise PlanError(
                    f"The plan compares the condition {name!r}, but {holder}"
                    f" {', '.join(conditions)}."
                )
