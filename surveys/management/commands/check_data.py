"""Checks the consistency of a survey's stored data."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys.checks.stored_data import find_problems
from surveys.errors import SurveyError
from surveys.studies.lifecycle.publishing import find_survey


class Command(BaseCommand):
    help = "Check a study's stored data; the exit status is 1 if anything is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the study's address")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            survey = find_survey(options["slug"])
        except SurveyError as error:
            raise CommandError(str(error)) from error
        count = 0
        for problem in find_problems(survey):
            self.stdout.write(problem)
            count += 1
        if count:
            raise CommandError(f"{count} problem(s) in the data of {survey.slug!r}.", returncode=1)
        n_participants = survey.participants.count()
        self.stdout.write(
            f"The data of {survey.slug!r} are consistent: {n_participants} participants."
        )
