"""Finds the number of participants that a study needs, by simulation."""

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from analysis.errors import AnalysisError
from analysis.sample_size.analyses import ANALYSES
from analysis.sample_size.curves import PlannedCurve, sentences
from analysis.sample_size.planning import PlanRequest, answer_request
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
        parser.add_argument("--items", type=int, help="and the images of the stratum (default 14)")
        self._add_options_of_images(parser)
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

    def _add_options_of_images(self, parser: CommandParser) -> None:
        images = parser.add_argument_group(
            "images as a sample", "draws single answers, and new images for each study"
        )
        images.add_argument(
            "--item-condition-sd", type=float,
            help="how far images differ between the conditions: standard deviation in logits",
        )  # fmt: skip
        images.add_argument(
            "--item-sd", type=float, default=0.7, help="how far images differ in all conditions"
        )
        images.add_argument(
            "--other-items", type=int, default=0, help="images of the other stratum"
        )
        images.add_argument(
            "--other-mean", type=float, default=0.8, help="mean accuracy in the other stratum"
        )
        images.add_argument(
            "--item-numbers", nargs="+", type=int,
            help="numbers of images to simulate; deviations are those over --items",
        )  # fmt: skip
        images.add_argument(
            "--analyses", nargs="+", choices=list(ANALYSES), help="by default all that are possible"
        )
        images.add_argument(
            "--fits", type=int, default=200, help="simulated studies for the mixed model"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        fields = PlanRequest.__dataclass_fields__
        n = len(set(options["sizes"]))
        progress = partial(tqdm, total=n, unit="size", disable=options["verbosity"] == 0)
        try:
            request = PlanRequest(**{name: options[name] for name in fields})
            curves = answer_request(request, progress)
        except AnalysisError as error:
            raise CommandError(str(error)) from error
        self._say(curves)

    def _say(self, curves: Sequence[PlannedCurve]) -> None:
        for curve in curves:
            if len(curves) > 1:
                self.stdout.write(curve.label)
            for row in curve.plan.curve.to_dict("records"):
                # Of few studies, the interval of the simulation matters.
                ends = f" ({row['ci_low']:.3f} to {row['ci_high']:.3f})"
                power = f"{row['power']:.3f}{ends if curve.question.images else ''}"
                self.stdout.write(f"{row['n_per_condition']:5d}  power {power}")
        missed = [curve for curve in curves if curve.plan.n_finished is None]
        if missed and len(curves) == 1:
            raise CommandError(missed[0].sentence)
        for said in sentences(curves):
            self.stdout.write(said)
        if missed:
            labels = "; ".join(curve.label for curve in missed)
            wanted = missed[0].question.wanted
            raise CommandError(f"No simulated size has a power of {wanted:g} by: {labels}.")
