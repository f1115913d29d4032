"""Has a worker simulate the power of a study by its size, from what the team assumes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from study.runs.messages import send
from study.runs.segments import end, finish
from surveys.errors import JobError
from surveys.models import PowerRun, Survey

SIZES = (4, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 130, 160)
SIMULATIONS = 1000
# Assumptions in, plan and problem out; see the setting SAMPLE_PLANNER.
Planner = Callable[[Mapping[str, Any]], tuple[dict[str, Any], str]]


@dataclass(frozen=True)
class Assumption:
    """A field of the form, in the unit that people type."""

    name: str
    label: str
    default: float
    least: float
    most: float
    help: str = ""


FIELDS = (
    Assumption("mean_a", "Accuracy in the first condition, %", 40, 1, 99),
    Assumption("mean_b", "Accuracy in the second condition, %", 55, 1, 99),
    Assumption("deviation_a", "Standard deviation in the first, %", 20, 1, 50,
               "Of participants’ accuracies; from a pilot or an earlier study."),
    Assumption("deviation_b", "Standard deviation in the second, %", 20, 1, 50),
    Assumption("items", "Questions per participant", 14, 2, 1000,
               "Of the kind that the hypothesis is about, such as those where the model is wrong."),
    Assumption("tests", "Tests corrected together", 2, 1, 1000),
    Assumption("alpha", "Level of all tests together, %", 5, 0.1, 20),
    Assumption("power", "Wanted power, %", 80, 50, 99),
    Assumption("attrition", "Participants who will drop out, %", 10, 0, 90),
)  # fmt: skip


def read_assumptions(sent: Mapping[str, str]) -> dict[str, float]:
    """Return the form's numbers by name. JobError names the one that will not do."""
    return {field.name: _number(field, sent.get(field.name, "")) for field in FIELDS}


def _number(field: Assumption, text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = float("nan")
    if not field.least <= value <= field.most:
        raise JobError(
            f"“{field.label}” must be a number from {field.least:g} to {field.most:g}, "
            f"but is {text!r}."
        )
    return value


@transaction.atomic
def ask_power(survey: Survey, numbers: Mapping[str, float]) -> PowerRun:
    """Queue the simulation, instead of any that still waits."""
    end(survey.power_runs.all(), PowerRun.Status.CANCELLED)
    asked = PowerRun.objects.create(survey=survey, assumptions=dict(numbers))
    send(asked)
    return asked


def simulate(asked: PowerRun) -> None:
    """Simulate for a claimed run and store what came out."""
    planner: Planner = import_string(settings.SAMPLE_PLANNER)
    plan, problem = planner(_options(asked.assumptions))
    if problem:
        raise JobError(problem)
    finish(asked, **plan)


def _options(numbers: Mapping[str, float]) -> dict[str, Any]:
    """The options of plan_sample; shares from 0 to 1."""
    return {
        "means": [numbers["mean_a"] / 100, numbers["mean_b"] / 100],
        "deviations": [numbers["deviation_a"] / 100, numbers["deviation_b"] / 100],
        "items": int(numbers["items"]),
        "tests": int(numbers["tests"]),
        "alpha": numbers["alpha"] / 100,
        "power": numbers["power"] / 100,
        "attrition": numbers["attrition"] / 100,
        "sizes": SIZES,
        "simulations": SIMULATIONS,
    }
