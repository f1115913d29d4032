"""Exports a survey's data."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys.errors import SurveyError
from surveys.export import export_study
from surveys.publishing import find_survey


class Command(BaseCommand):
    help = "Writes a survey's data as a Psych-DS folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the survey's slug")
        parser.add_argument("--out", type=Path, required=True, help="the folder to write")
        parser.add_argument(
            "--replace", action="store_true", help="replace an earlier export there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            survey = find_survey(options["slug"])
            counts = export_study(survey, options["out"].resolve(), options["replace"])
        except SurveyError as error:
            raise CommandError(str(error)) from error
        rows = ", ".join(f"{count} {table}" for table, count in counts.items())
        self.stdout.write(f"{options['out']}: {rows}.")
