"""Measures how well answers are timed in a real browser, in turns with jsPsych; prints JSON."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys.benchmarks.survey_load.server import running_server
from surveys.errors import SurveyError
from surveys.studies.lifecycle.publishing import open_survey
from surveys.studies.protocols.loading import load_study


class Command(BaseCommand):
    help = (
        "Starts the web server, answers questions of a protocol's study in Chromium a fixed time "
        "after their images were painted, and prints how far the stored times are off, as JSON. "
        "The participants stay, marked as simulated: name a database of its own in DATABASE_URL."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--protocol", type=Path, default=Path("fixtures", "demo_protocol.toml"))
        parser.add_argument("--trials", type=int, default=20)
        parser.add_argument(
            "--slowdown", type=float, nargs="+", default=[1, 4], help="of the browser's processor"
        )
        parser.add_argument(
            "--jspsych", type=Path, help="folder with the npm packages jspsych and plugin-..."
        )

        parser.add_argument(
            "--screen", action="store_true",
            help="read when images were painted from a virtual screen (Xvfb), not from the browser",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            from surveys.benchmarks.answer_timing import measure
            from surveys.benchmarks.chromium import open_chromium
        except ImportError as error:
            raise CommandError(f"{error.name} is missing; install requirements-dev.txt.") from error
        # The browser's driver runs an event loop in this thread.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        try:
            survey, _ = load_study(options["protocol"])
            open_survey(survey)
            jspsych, trials = options["jspsych"], options["trials"]
            with running_server() as server, open_chromium() as browser:
                found = {
                    f"processor / {slowdown:g}": measure(
                        browser, survey, server.site, jspsych, trials, slowdown, options["screen"]
                    )
                    for slowdown in options["slowdown"]
                }
        except SurveyError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(found, indent=2))
