"""Turns a sample-size request into a plan, from assumptions or from scores."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from analysis.data.schema import STRATA
from analysis.data.scores import conditions_of, known_scores_of, read_scores
from analysis.errors import PlanError
from analysis.report.folder import require_writable
from analysis.sample_size.output import write_plan
from analysis.sample_size.power import PowerQuestion, Progress, SamplePlan, plan_sample
from analysis.sample_size.score_models import BetaBinomialScores, EmpiricalScores, ScoreModel
from analysis.statistics.alternatives import Alternative, Method


@dataclass(frozen=True)
class PlanRequest:
    """The options of the command, by name."""

    scores: Path | None
    stratum: str
    conditions: Sequence[str]
    means: Sequence[float] | None
    deviations: Sequence[float] | None
    items: int
    alternative: Alternative
    alpha: float
    tests: int
    method: Method
    power: float
    attrition: float
    sizes: Sequence[int]
    simulations: int
    seed: int
    jobs: int
    out: Path | None


def answer_request(request: PlanRequest, progress: Progress) -> SamplePlan:
    """Simulate, and write the plan if a folder is given."""
    if request.out:
        require_writable(request.out, mark="plan.json")
    if min(request.simulations, request.jobs) < 1:
        raise PlanError("--simulations and --jobs must be at least 1.")
    a, b = _models(request)
    question = PowerQuestion(
        a,
        b,
        alternative=request.alternative,
        alpha=request.alpha,
        tests=request.tests,
        method=request.method,
        wanted=request.power,
        attrition=request.attrition,
    )
    plan = plan_sample(
        question, request.sizes, request.simulations, request.seed, request.jobs, progress
    )
    if request.out:
        # The folder and the number of jobs are not assumptions.
        left_out = {"out", "jobs"}
        assumptions = {
            name: str(value) if isinstance(value, Path) else value
            for name, value in asdict(request).items()
            if name not in left_out and value is not None
        }
        write_plan(question, plan, assumptions, request.out)
    return plan


def _models(request: PlanRequest) -> tuple[ScoreModel, ScoreModel]:
    if (request.scores is None) == (request.means is None):
        raise PlanError("Give either --scores, or --means with --deviations.")
    if request.scores is not None:
        first, second = (_empirical(request, name) for name in request.conditions)
        return first, second
    if request.means is None or request.deviations is None:
        raise PlanError("--means needs --deviations, the two standard deviations of the scores.")
    low, high = (
        BetaBinomialScores(mean, deviation, request.items)
        for mean, deviation in zip(request.means, request.deviations, strict=True)
    )
    return low, high


def _empirical(request: PlanRequest, condition: str) -> EmpiricalScores:
    if request.stratum not in STRATA:
        raise PlanError(
            f"--stratum must be one of {', '.join(STRATA)}, but is {request.stratum!r}."
        )
    scores = read_scores(Path(str(request.scores)))
    found = known_scores_of(scores, condition, request.stratum).to_numpy()
    if not len(found):
        raise PlanError(
            f"{request.scores} has no scores of {condition!r}; its conditions are"
            f" {', '.join(conditions_of(scores))}."
        )
    return EmpiricalScores(found)
