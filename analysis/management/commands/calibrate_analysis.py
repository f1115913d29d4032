"""Simulates error rates of tests and coverages of intervals, and prints JSON."""

import json
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis.calibration.calibrate import KINDS, calibrate
from analysis.data.scores import read_score_file
from analysis.errors import AnalysisError


class Command(BaseCommand):
    help = "Simulate type-I errors and coverages from a file of scores, and print JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "scores", type=Path, help="scores to draw from, like published_scores.csv"
        )
        parser.add_argument("--simulations", type=int, default=10_000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--only", nargs="+", choices=KINDS, default=KINDS, metavar="KIND",
                            help=f"some of {', '.join(KINDS)} (all)")  # fmt: skip
        parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)

    def handle(self, *args: Any, **options: Any) -> None:
        if min(options["simulations"], options["jobs"]) < 1:
            raise CommandError("--simulations and --jobs must be at least 1.")
        try:
            scores = read_score_file(options["scores"])
        except AnalysisError as error:
            raise CommandError(str(error)) from error
        simulations, seed, jobs = (options[name] for name in ("simulations", "seed", "jobs"))
        rates = calibrate(scores, simulations, seed, jobs, options["only"])
        found = {name: table.to_dict("records") for name, table in rates.items()}
        self.stdout.write(json.dumps({"seed": options["seed"], **found}, indent=1))
