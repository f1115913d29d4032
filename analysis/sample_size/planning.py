"""Turns a sample-size request into a plan, from assumptions or from scores."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analysis.data.schema import ALL, STRATA
from analysis.data.scores import conditions_of, read_scores
from analysis.errors import PlanError
from analysis.report.folder import require_writable
from analysis.sample_size.analyses import ANALYSES, MANN_WHITNEY
from analysis.sample_size.curves import PlannedCurve
from analysis.sample_size.output import write_plan
from analysis.sample_size.power import PowerQuestion, Progress, plan_sample
from analysis.sample_size.random_images import RandomImages
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
    # None: those of the scores, or ITEMS.
    items: int | None
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
    # How images differ between the conditions, in logits: given, answers are drawn, else scores.
    item_condition_sd: float | None = None
    item_sd: float = 0.7
    other_items: int = 0
    other_mean: float = 0.8
    # Numbers of images to simulate; `items` where it is None.
    item_numbers: Sequence[int] | None = None
    # All that the assumptions allow where it is None.
    analyses: Sequence[str] | None = None
    # Simulated studies for an analysis that fits a model.
    fits: int = 200


# Trials per participant where neither an option nor scores say it.
ITEMS = 14
# Without a meaning where scores are drawn.
OF_ANSWERS = ("item_sd", "other_items", "other_mean", "item_numbers", "fits")


def answer_request(request: PlanRequest, progress: Progress) -> list[PlannedCurve]:
    """Simulate, and write the plan if a folder is given.

    One curve for each analysis and number of images, the Mann-Whitney test's first.
    """
    if request.out:
        require_writable(request.out, mark="plan.json")
    if min(request.simulations, request.fits, request.jobs) < 1:
        raise PlanError("--simulations, --fits and --jobs must be at least 1.")
    curves = [_simulated(request, question, progress) for question in _questions(request)]
    if request.out:
        write_plan(curves, _assumptions(request, curves[0].question.a), request.out)
    return curves


def _questions(request: PlanRequest) -> list[PowerQuestion]:
    a, b = _models(request)
    return [
        PowerQuestion(
            a,
            b,
            alternative=request.alternative,
            alpha=request.alpha,
            tests=request.tests,
            method=request.method,
            wanted=request.power,
            attrition=request.attrition,
            analysis=analysis,
            images=images,
        )
        for images in _images(request, a.n_items or ITEMS)
        for analysis in _analyses(request)
    ]


def _analyses(request: PlanRequest) -> Sequence[str]:
    if request.analyses is not None:
        return list(dict.fromkeys(request.analyses))
    return [MANN_WHITNEY] if request.item_condition_sd is None else list(ANALYSES)


def _images(request: PlanRequest, n_items: int) -> Sequence[RandomImages | None]:
    if request.item_condition_sd is None:
        defaults = {name: PlanRequest.__dataclass_fields__[name].default for name in OF_ANSWERS}
        for name, default in defaults.items():
            if getattr(request, name) != default:
                raise PlanError(
                    f"--{name.replace('_', '-')} needs --item-condition-sd, 0 if images do not"
                    " differ."
                )
        return [None]
    if request.scores is not None and request.stratum == ALL:
        raise PlanError(
            "--item-condition-sd needs images of one stratum: --stratum must be model_wrong or"
            " model_right, but is all."
        )
    numbers = [n_items] if request.item_numbers is None else sorted(set(request.item_numbers))
    return [
        RandomImages(
            n,
            request.item_condition_sd,
            request.item_sd,
            request.other_items,
            request.other_mean,
        )
        for n in numbers
    ]


def _simulated(request: PlanRequest, question: PowerQuestion, progress: Progress) -> PlannedCurve:
    n = request.fits if question.kind.has_random_images else request.simulations
    plan = plan_sample(question, request.sizes, n, request.seed, request.jobs, progress)
    return PlannedCurve(question, n, plan)


def _assumptions(request: PlanRequest, model: ScoreModel) -> dict[str, Any]:
    # The folder and the number of jobs are not assumptions.
    left_out = {"out", "jobs"}
    if request.item_condition_sd is None:
        left_out |= set(OF_ANSWERS)
    return {
        name: str(value) if isinstance(value, Path) else value
        for name, value in {**asdict(request), "items": model.n_items}.items()
        if name not in left_out and value is not None
    }


def _models(request: PlanRequest) -> tuple[ScoreModel, ScoreModel]:
    if (request.scores is None) == (request.means is None):
        raise PlanError("Give either --scores, or --means with --deviations.")
    if request.scores is not None:
        for name in ("deviations", "items"):
            if getattr(request, name) is not None:
                raise PlanError(
                    f"--{name} belongs to --means; those of --scores are in the file"
                    " (--item-numbers simulates other numbers of images)."
                )
        first, second = (_empirical(request, name) for name in request.conditions)
        return first, second
    if request.means is None or request.deviations is None:
        raise PlanError("--means needs --deviations, the two standard deviations of the scores.")
    low, high = (
        BetaBinomialScores(mean, deviation, ITEMS if request.items is None else request.items)
        for mean, deviation in zip(request.means, request.deviations, strict=True)
    )
    return low, high


def _empirical(request: PlanRequest, condition: str) -> EmpiricalScores:
    if request.stratum not in STRATA:
        raise PlanError(
            f"--stratum must be one of {', '.join(STRATA)}, but is {request.stratum!r}."
        )
    scores = read_scores(Path(str(request.scores)))
    chosen = (scores["condition"] == condition) & (scores["stratum"] == request.stratum)
    known = scores[chosen & scores["accuracy"].notna()]
    if not len(known):
        raise PlanError(
            f"{request.scores} has no scores of {condition!r}; its conditions are"
            f" {', '.join(conditions_of(scores))}."
        )
    # Of participants with fewer answers, too: as many as most were asked.
    return EmpiricalScores(known["accuracy"].to_numpy(), int(known["n_trials"].mode().iloc[-1]))
