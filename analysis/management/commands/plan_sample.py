"""Finds the number of participants that a study needs, by simulation."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from analysis.errors import AnalysisError
from analysis.sample_size.planning import PlanRequest, answer_request
from analysis.sample_size.power import SamplePlan
from analysis.statistics.alternatives import ALTERNATIVES, METHODS


class Command(BaseCommand):
    help = "Simulate studies of growing size to find a sufficient number of participants."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scores", type=Path, help="draw participants from these scores (CSV)")
        parser.add_argument("--stratum", default="model_wrong", help="the stratum of the scores")
        parser.add_argument(
            "--conditions",
            nargs=2,
            default=["gradcam", "pv"],
            help="the two conditions of the file",
        )
        parser.add_argument(
            "--means", nargs=2, type=float, help="or assume two mean accuracies, 0 to 1"
        )
        parser.add_argument(
            "--deviations", nargs=2, type=float, help="and their standard deviations"
        )
        parser.add_argument("--items", type=int, default=14, help="trials per participant")
        parser.add_argument("--alternative", choices=ALTERNATIVES, default="two-sided")
        parser.add_argument("--alpha", type=float, default=0.05, help="level of all tests together")
        parser.add_argument(
            "--tests", type=int, default=2, help="number of tests that the plan corrects together"
        )
        parser.add_argument(
            "--method", choices=METHODS, default="auto", help="the report's method for p"
        )
        parser.add_argument("--power", type=float, default=0.8, help="wanted power")
        parser.add_argument(
            "--attrition", type=float, default=0.0, help="share of participants who will drop out"
        )
        parser.add_argument(
            "--sizes", nargs="+", type=int, default=[4, 6, 8, 10, 12, 15, 20, 25, 30, 40, 60, 80],
            help="finished participants per condition",
        )  # fmt: skip
        parser.add_argument("--simulations", type=int, default=2000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
        parser.add_argument("--out", type=Path, help="folder for the table and the curve")

    def handle(self, *args: Any, **options: Any) -> None:
        fields = PlanRequest.__dataclass_fields__
        bar = tqdm(total=len(set(options["sizes"])), unit="size", disable=options["verbosity"] == 0)
        try:
            request = PlanRequest(**{name: options[name] for name in fields})
            plan = answer_request(request, lambda powers: _counted(powers, bar))
        except AnalysisError as error:
            raise CommandError(str(error)) from error
        finally:
            bar.close()
        self._say(plan, request)

    def _say(self, plan: SamplePlan, request: PlanRequest) -> None:
        for row in plan.curve.to_dict("records"):
            self.stdout.write(f"{row['n_per_condition']:5d}  power {row['power']:.3f}")
        if plan.n_finished is None:
            raise CommandError(
                f"No simulated size reaches a power of {request.power:g}; simulate larger sizes"
                " with --sizes."
            )
        self.stdout.write(
            f"{plan.n_finished} finished participants per condition are enough; recruit"
            f" {plan.n_recruited} per condition. (p below {request.alpha / request.tests:.3g}: α ="
            f" {request.alpha:g} for {request.tests} tests together.)"
        )


def _counted(powers: Any, bar: Any) -> Any:
    for power in powers:
        bar.update()
        yield power
