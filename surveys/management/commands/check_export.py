"""Checks an export folder against its codebook and the rules of Psych-DS."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys.errors import SurveyError
from surveys.export.check import export_problems

MOST_SHOWN = 100


class Command(BaseCommand):
    help = "Check an export against its codebook; the exit status is 1 if anything is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder written by export_study")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"]
        count = 0
        try:
            for problem in export_problems(folder):
                count += 1
                if count <= MOST_SHOWN:
                    self.stdout.write(problem)
        except SurveyError as error:
            raise CommandError(str(error)) from error
        if count:
            shown = f", of which {MOST_SHOWN} are shown" if count > MOST_SHOWN else ""
            raise CommandError(f"{count} problem(s) in {folder}{shown}.", returncode=1)
        self.stdout.write(f"{folder} agrees with its codebook.")
