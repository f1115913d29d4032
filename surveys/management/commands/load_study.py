"""Checks a protocol file and loads it as a survey."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.errors import AccountError
from accounts.sign_in.researchers import find_account
from pv_engine.errors import EngineError
from surveys.checks.preflight import unmet_points
from surveys.errors import SurveyError
from surveys.studies.lifecycle.publishing import open_survey
from surveys.studies.protocols.loading import load_study


class Command(BaseCommand):
    help = "Checks a protocol file and its stimulus set and loads them as a survey."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("protocol", type=Path, help="the protocol, a TOML file")
        parser.add_argument(
            "--open", action="store_true", help="let participants in and freeze the protocol"
        )
        parser.add_argument(
            "--new-version",
            action="store_true",
            help="change a survey that has been opened, for participants who begin from now on",
        )
        parser.add_argument(
            "--slug", default="", help="load it under this address instead of the protocol's own"
        )
        parser.add_argument(
            "--owner",
            metavar="NAME",
            help="the account that owns the study; without it, only administrators see a new one",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            owner = find_account(options["owner"]) if options["owner"] else None
            survey, changed = load_study(
                options["protocol"], options["slug"], options["new_version"], owner=owner
            )
        except (AccountError, SurveyError, EngineError) as error:
            raise CommandError(str(error)) from error
        state = "was loaded" if changed else "was already loaded and has not changed"
        self.stdout.write(
            f"The study {survey.slug!r} {state}: {survey.stimulus_set}, "
            f"protocol {survey.protocol_sha256[:16]}."
        )
        # A survey that its researcher has closed stays closed.
        if options["open"] and survey.status == survey.Status.DRAFT:
            for point in unmet_points(survey) if options["verbosity"] else []:
                self.stdout.write(f"Before opening: {point.title}? {point.found} {point.advice}")
            open_survey(survey)
        self.stdout.write(f"It is {survey.status}: /s/{survey.slug}/")
