"""Fills a database with a large simulated study, to measure the console on."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys.benchmarks.console_data import SLUG, seed_console
from surveys.errors import SurveyError
from surveys.models import Response


class Command(BaseCommand):
    help = (
        "BENCHMARK: a study of simulated participants in a database of its own, never in one that "
        "holds a real study."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--finished",
            type=int,
            default=10_000,
            metavar="N",
            help="participants who answer all 30 questions (default: %(default)s); others come on "
            "top who do not",
        )
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["finished"] < 1:
            raise CommandError(f"--finished must be at least 1, but is {options['finished']}.")
        try:
            survey = seed_console(options["finished"], options["seed"])
        except SurveyError as error:
            raise CommandError(str(error)) from error
        n_responses = Response.objects.filter(trial__participant__survey=survey).count()
        self.stdout.write(
            f"The study {SLUG!r} has {survey.participants.count()} simulated participants and "
            f"{n_responses} responses."
        )
