"""Measures the production web server under load and prints JSON."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from surveys.errors import SurveyError
from surveys.models import Survey
from surveys.studies.lifecycle.publishing import open_survey
from surveys.studies.protocols.loading import load_study


class Command(BaseCommand):
    help = (
        "Starts the web server, plays simulated crowds through the survey of a protocol, images "
        "included, verifies that every acknowledged answer is stored and the conditions are "
        "balanced, and prints JSON. The participants stay: name a database of its own in "
        "DATABASE_URL, migrated and empty."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--protocol", type=Path, default=Path("fixtures", "demo_protocol.toml"))
        parser.add_argument("--participants", type=int, default=200, help="how many come in all")
        parser.add_argument("--simultaneous", type=int, default=50)
        parser.add_argument("--think", type=float, default=0.0, help="mean pause in seconds")
        parser.add_argument("--arrivals", type=float, default=0.0, help="per second; 0: at once")
        parser.add_argument("--double-submits", type=float, default=0.05, help="share of forms")
        parser.add_argument("--reloads", type=float, default=0.05, help="share of pages")
        parser.add_argument("--no-images", action="store_true")
        parser.add_argument(
            "--only-arrive", action="store_true", help="stop before the first question"
        )
        parser.add_argument("--url", default="", help="a server that runs already")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            # Needs the tools of requirements-dev.txt.
            from surveys.benchmarks.survey_load.report import run_load
        except ImportError as error:
            raise CommandError(
                f"{error.name} is missing; install requirements-dev.txt, as make bench-survey does."
            ) from error
        try:
            report = run_load(_survey_of(options["protocol"]), options)
        except SurveyError as error:
            raise CommandError(str(error)) from error
        report = {"database": connection.vendor, "cores": os.cpu_count(), **report}
        self.stdout.write(json.dumps(report, indent=2))
        if report["errors"] or report["losses"]:
            raise CommandError("There were errors or losses; they are in the figures above.")


def _survey_of(protocol: Path) -> Survey:
    """The protocol's survey, open and without participants, so that every figure is this load's."""
    survey, _ = load_study(protocol)
    if survey.participants.exists():
        raise CommandError(
            f"The study {survey.slug!r} has participants already; use an empty database."
        )
    open_survey(survey)
    return survey
