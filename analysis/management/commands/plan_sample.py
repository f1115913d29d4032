"""How many participants a study needs, by simulating it."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from analysis.errors import AnalysisError
from analysis.sample_size.planning import PlanRequest, carry_out_plan
from analysis.sample_size.power import SamplePlan
from analysis.statistics.alternatives import ALTERNATIVES, METHODS


class Command(BaseCommand):
    help = "Simulates studies of growing size and says how many participants are enough."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scores", type=Path, help="draw people from these scores (CSV)")
        parser.add_argument("--stratum", default="model_wrong", help="which of the file's scores")
        parser.add_argument(
            "--conditions", nargs=2, default=["gradcam", "pv"], help="which two of the file"
        )
        parser.add_argument(
            "--means", nargs=2, type=float, help="or assume two mean accuracies, 0 to 1"
        )
        parser.add_argument("--deviations", nargs=2, type=float, help="and their deviations")
        parser.add_argument("--items", type=int, default=14, help="trials a participant is asked")
        parser.add_argument("--alternative", choices=ALTERNATIVES, default="two-sided")
        parser.add_argument(
            "--alpha", type=float, default=0.05, help="the level of all tests together"
        )
        parser.add_argument(
            "--tests", type=int, default=2, help="how many tests the plan corrects together"
        )
        parser.add_argument(
            "--method", choices=METHODS, default="auto", help="how the report finds p"
        )
        parser.add_argument("--power", type=float, default=0.8, help="the wanted power")
        parser.add_argument("--attrition", type=float, default=0.0, help="share who will leave")
        parser.add_argument(
            "--sizes", nargs="+", type=int, default=[4, 6, 8, 10, 12, 15, 20, 25, 30, 40, 60, 80],
            help="finished participants a condition",
        )  # fmt: skip
        parser.add_argument("--simulations", type=int, default=2000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
        parser.add_argument("--out", type=Path, help="a folder for the table and the curve")

    def handle(self, *args: Any, **options: Any) -> None:
        fields = PlanRequest.__dataclass_fields__
        bar = tqdm(total=len(set(options["sizes"])), unit="size", disable=options["verbosity"] == 0)
        try:
            request = PlanRequest(**{name: options[name] for name in fields})
            plan = carry_out_plan(request, lambda powers: _counted(powers, bar))
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
                f"None of the simulated sizes reaches a power of {request.power:g}; simulate larger"
                " ones with --sizes."
            )
        self.stdout.write(
            f"{plan.n_finished} finished participants a condition are enough; recruit"
            f" {plan.n_recruited} a condition. (p below {request.alpha / request.tests:.3g}: α ="
            f" {request.alpha:g} for {request.tests} tests together.)"
        )


def _counted(powers: Any, bar: Any) -> Any:
    for power in powers:
        bar.update()
        yield power
