"""Which comparisons were declared before the data were seen, and in which direction."""

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Annotated, Literal

from pydantic import Field

from analysis.data.designs import WILCOXON, Design
from analysis.data.schema import ALL, ASKED_STRATA, MODEL_RIGHT, MODEL_WRONG, STRATA
from analysis.errors import PlanError
from analysis.plan.exclusions import DEFAULTS, Exclusions
from analysis.statistics.alternatives import Alternative, Method
from toml_files.tables import Broken, Many, OneOf, TomlTable, right, rule

# What keeps the errors of a family in bounds: `multiplicity.py` says which errors.
Correction = Literal["holm", "benjamini_hochberg"]
DEFAULT_ORIGIN = "the default plan, no other being given"


Name = Annotated[str, Field(pattern=r"\S"), right("a text that is not empty")]
Part = Annotated[float, Field(gt=0, lt=1)]


@dataclass(frozen=True)
class PlannedTest(TomlTable):
    """Accuracy of condition_a against condition_b; `less` means a is expected below b."""

    stratum: Annotated[str, OneOf(STRATA)]
    """Questions where the model was wrong, where it was right, or all of them."""
    condition_a: Name
    """One condition."""
    condition_b: Name
    """The other one."""
    alternative: Alternative = "two-sided"
    """How a is expected to be against b."""
    test: Literal["", "mann_whitney", "wilcoxon"] = ""
    """The rank test: of different participants, or of the same ones; by default, what fits."""

    @rule("condition_b", "condition_a")
    def _two_conditions(self) -> Broken:
        if self.condition_a == self.condition_b:
            yield "condition_b", f"compares {self.condition_b!r} with itself"


@dataclass(frozen=True)
class Plan(TomlTable):
    """The declared family of tests, which the correction covers, and the exploratory ones."""

    tests: Annotated[Many[PlannedTest], Field(min_length=1)]
    """The tests that were declared before the data were seen."""
    exploratory: Many[PlannedTest] = ()
    """Further tests, which the correction does not cover."""
    conditions: Many[str] = ()
    """The conditions that data may have; any, where none are named."""
    origin: Name = DEFAULT_ORIGIN
    """Where the declaration comes from; the report prints it."""
    equivalence_margin: Part | None = None
    """A difference of accuracies too small to matter; without one, equivalence is not tested."""
    exclusions: Exclusions = DEFAULTS
    """Who is left out of a second look at the results."""
    method: Method = "auto"
    """How p of a Mann-Whitney test is found."""
    continuity: bool = True
    """Whether the normal approximation is corrected for continuity."""
    correction: Correction = "holm"
    """What keeps the errors of the declared tests in bounds."""
    alpha: Part = 0.05
    """A declared hypothesis is supported where its corrected p is below."""

    @property
    def is_declared(self) -> bool:
        """Whether the study declared these tests; else they are the software's default."""
        return self.origin != DEFAULT_ORIGIN

    @property
    def kind(self) -> str:
        """What a report calls the plan's family of tests."""
        return "declared" if self.is_declared else "default"

    @rule("tests")
    def _different_tests(self) -> Broken:
        yield from _repeated("tests", self.tests)

    @rule("exploratory")
    def _different_exploratory_tests(self) -> Broken:
        yield from _repeated("exploratory", self.exploratory)


def _repeated(key: str, tests: tuple[PlannedTest, ...]) -> Broken:
    for index, test in enumerate(tests):
        if test in tests[:index]:
            yield (
                f"{key}[{index + 1}]",
                f"is given twice: {test.condition_a!r} against {test.condition_b!r}",
            )


# What the perception-visualization study expected of its two conditions.
PUBLISHED_DIRECTIONS: dict[str, Alternative] = {MODEL_WRONG: "less", MODEL_RIGHT: "greater"}


def default_plan(conditions: list[str]) -> Plan:
    """Every pair of conditions in both strata; the paper's pair in the paper's direction.

    The pooled stratum is exploratory: an effect that helps where the model is wrong and harms where
    it is right has no expected direction there.
    """
    pairs = list(combinations(sorted(conditions), 2))
    declared = [
        PlannedTest(stratum, *pair, _direction(stratum, pair))
        for stratum in ASKED_STRATA
        for pair in pairs
    ]
    return Plan(tuple(declared), tuple(PlannedTest(ALL, *pair) for pair in pairs))


def _direction(stratum: str, pair: tuple[str, str]) -> Alternative:
    return PUBLISHED_DIRECTIONS[stratum] if pair == ("gradcam", "pv") else "two-sided"


def with_exploratory(declared: Plan, later: Plan) -> Plan:
    """The declared plan with the tests of a later one as exploratory tests."""
    known = (*declared.tests, *declared.exploratory)
    new = [test for test in (*later.tests, *later.exploratory) if test not in known]
    return replace(declared, exploratory=(*declared.exploratory, *new))


def misfit_of(test: PlannedTest, design: Design) -> str:
    """Return what is wrong with a test for a design, after the test's name; empty for nothing."""
    fitting = design.fitting_test(test.condition_a, test.condition_b)
    if test.test in ("", fitting):
        return ""
    who = "the same participants see" if fitting == WILCOXON else "different participants see"
    return (
        f"is {test.test!r}, but {who} {test.condition_a} and {test.condition_b}; write "
        f"{fitting!r}, or leave it out."
    )


def require_plan_fits(
    plan: Plan, conditions: list[str], holder: str = "the data hold", design: Design | None = None
) -> None:
    """Refuse a plan that names a condition without data, or a test that the design rules out."""
    for test in (*plan.tests, *plan.exploratory):
        misfit = misfit_of(test, design or Design())
        if misfit:
            raise PlanError(
                f"The plan’s test of {test.condition_a!r} against {test.condition_b!r} {misfit}"
            )
    for test in (*plan.tests, *plan.exploratory):
        for name in (test.condition_a, test.condition_b):
            if name not in conditions:
                raise PlanError(
                    f"The plan compares the condition {name!r}, but {holder}"
                    f" {', '.join(conditions)}."
                )
