"""Plants a difference with bots on the real pages, and looks for it in the report's numbers.

`python -m tests.analysis.recovery` repeats the whole way, survey, bots, export, results, 200 times,
and prints how often each 95 % interval held what was planted.
"""

import argparse
import csv
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import django
from django.apps import apps

if not apps.ready:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()

from django.core.management import call_command
from django.test.utils import setup_databases, setup_test_environment
from tqdm import tqdm

from analysis.data.exports import read_export
from analysis.data.scores import conditions_of
from analysis.plan.plan import default_plan
from analysis.report.sections.accuracy import accuracy_section
from analysis.report.sections.differences.estimates import estimates_section
from analysis.statistics.descriptives import accuracy_table
from surveys.bots.policies import ReaderPolicy
from surveys.export.folder import export_study
from surveys.models import Participant
from surveys.participation.given.answers import SentAnswer, Taken, form_key, record_answer
from surveys.participation.people import assignment, enrolment
from surveys.participation.people.identity import new_visit
from surveys.participation.steps.introduction import Introduction
from tests.factories import make_survey

CONDITIONS = ("gradcam", "pv")
# The chance to name the prediction, spread over the images of a stratum; their mean is what is
# planted.
PLANTED = {
    ("gradcam", "model_wrong"): (0.05, 0.10, 0.10, 0.15, 0.20),
    ("gradcam", "model_right"): (0.85, 0.90, 0.95, 0.95, 1.00),
    ("pv", "model_wrong"): (0.20, 0.30, 0.40, 0.45, 0.50),
    ("pv", "model_right"): (0.60, 0.70, 0.75, 0.80, 0.90),
}
N_ITEMS = 5


def planted_mean(condition: str, stratum: str) -> float:
    """The expected accuracy, 0 to 1; over all images, of both strata, which are as large."""
    strata = ("model_wrong", "model_right") if stratum == "all" else (stratum,)
    chances = [chance for name in strata for chance in PLANTED[condition, name]]
    return sum(chances) / len(chances)


def planted_difference(stratum: str) -> float:
    """Expected accuracy with Grad-CAM less that with PV, 0 to 1."""
    first, second = (planted_mean(name, stratum) for name in CONDITIONS)
    return first - second


def write_probabilities(survey: Any, file: Path) -> Path:
    """The planted chances for the reading bots: the prediction, else any other option alike."""
    with file.open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["item", "condition", "option", "probability"])
        for (condition, stratum), chances in PLANTED.items():
            items = survey.stimulus_set.items.filter(is_example=False, stratum=stratum)
            for item, chance in zip(items.order_by("name"), chances, strict=True):
                others = [name for name in (*item.options, "cant_tell") if name != item.prediction]
                rows = [
                    (item.prediction, chance),
                    *((o, (1 - chance) / len(others)) for o in others),
                ]
                writer.writerows((item.name, condition, *row) for row in rows)
    return file


def take_survey(folder: Path, slug: str, participants: int, seed: int) -> Path:
    """The export of one study that bots took on its real pages."""
    survey = make_survey(folder, slug, n_wrong=N_ITEMS, n_right=N_ITEMS)
    call_command(
        "run_bots", slug, participants=participants, seed=seed, policy="reader",
        probabilities=write_probabilities(survey, folder / f"{slug}.csv"), verbosity=0,
    )  # fmt: skip
    export_study(survey, folder / slug)
    return folder / slug


def answer_survey(folder: Path, slug: str, participants: int, seed: int) -> Path:
    """The same without drawing the pages: their content goes straight to the services."""
    survey = make_survey(folder, slug, n_wrong=N_ITEMS, n_right=N_ITEMS)
    policy = ReaderPolicy(write_probabilities(survey, folder / f"{slug}.csv"))
    for number in range(participants):
        enrolled = enrolment.consent(survey, new_visit(simulated=True))
        assert isinstance(enrolled, Participant)
        assignment.assign(enrolled)
        enrolled.refresh_from_db()
        Introduction().store(enrolled, True)
        trials = list(enrolled.trials.select_related("item").order_by("position"))
        plan = policy(enrolled, trials, Random(f"{slug}/{seed}/{number}"))
        for trial in trials:
            enrolled.refresh_from_db()
            sent = SentAnswer(plan[trial.position], form_key(enrolled, trial.position))
            taken = record_answer(enrolled, trial.position, sent, [trial])
            assert taken is Taken.NOW
    export_study(survey, folder / slug)
    return folder / slug


def intervals_held(results: dict[str, Any]) -> dict[str, bool]:
    """For each 95 % interval of results.json whether it holds what was planted."""
    held = {}
    for row in results["accuracy"]:
        if row["stratum"] != "all":
            truth = planted_mean(row["condition"], row["stratum"])
            name = f"accuracy, {row['condition']}, {row['stratum']}"
            held[name] = row["ci_low"] <= truth <= row["ci_high"]
    for row in results["differences"]:
        if row["stratum"] == "all":
            continue
        truth = planted_difference(row["stratum"])
        held[f"difference, {row['stratum']}"] = row["mean_ci_low"] <= truth <= row["mean_ci_high"]
    return held


def repeat(studies: int, participants: int, seed: int, pages: bool) -> Iterator[dict[str, bool]]:
    """Run n studies one after another with their own seeds: seed, seed + 1, ..."""
    take = take_survey if pages else answer_survey
    for number in range(seed, seed + studies):
        with tempfile.TemporaryDirectory() as name:
            study = read_export(take(Path(name), f"recovery-{number}", participants, number))
            plan = default_plan(conditions_of(study.scores))
            # The two sections that hold these intervals; the others would take most of the time.
            yield intervals_held(
                accuracy_section(study, accuracy_table(study.scores)).numbers
                | estimates_section(study, plan).numbers
            )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=200)
    parser.add_argument("--participants", type=int, default=20, help="in each study")
    parser.add_argument("--seed", type=int, default=1, help="of the first study")
    parser.add_argument("--pages", action="store_true", help="walk the real pages, which is slow")
    options = parser.parse_args(arguments)
    found = list(tqdm(repeat(**vars(options)), total=options.studies))
    rates = {name: sum(held[name] for held in found) / len(found) for name in found[0]}
    print(json.dumps({**vars(options), "coverage": rates}, indent=1))  # noqa: T201 - its output


if __name__ == "__main__":
    # A database of its own, in memory, which ends with the program.
    setup_databases(verbosity=0, interactive=False)
    setup_test_environment()
    main()
