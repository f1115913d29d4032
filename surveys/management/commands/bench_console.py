"""Measures every page of the console on the study of seed_console and prints JSON."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from surveys.benchmarks.console_data import SLUG
from surveys.benchmarks.console_speed import MOST_MS, MOST_QUERIES, benchmark_console
from surveys.models import Survey


class Command(BaseCommand):
    help = "Queries and median server time of every console page, as JSON; exit status 1 if over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--requests", type=int, default=20, help="for each page")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["requests"] < 1:
            raise CommandError(f"--requests must be at least 1, but is {options['requests']}.")
        survey = Survey.objects.select_related("stimulus_set").filter(slug=SLUG).first()
        if survey is None:
            raise CommandError(f"There is no study {SLUG!r}; run seed_console first.")
        # Pages name their style sheets by the collected files.
        call_command("collectstatic", interactive=False, verbosity=0)
        found = benchmark_console(survey, options["requests"])
        self.stdout.write(json.dumps(found, indent=1))
        if found["over"]:
            raise CommandError(
                f"Over {MOST_QUERIES} queries or {MOST_MS:.0f} ms: {', '.join(found['over'])}.",
                returncode=1,
            )
