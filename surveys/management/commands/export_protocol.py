"""Writes a survey's protocol as a file that loads elsewhere to the same hash."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys.errors import SurveyError
from surveys.studies.lifecycle.publishing import find_survey
from surveys.studies.protocols.versions import write_protocol


class Command(BaseCommand):
    help = "Writes a survey's protocol as TOML, with its stimulus set named by content."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the study's address")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            survey = find_survey(options["slug"])
            write_protocol(survey, options["out"])
        except SurveyError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Protocol {survey.protocol_sha256[:16]} is in {options['out']}. To load it elsewhere, "
            f"put the stimulus folder {survey.stimulus_set.content_sha256[:16]} beside it."
        )
