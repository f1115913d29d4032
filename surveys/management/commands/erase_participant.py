"""Erases what one participant gave."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.audit.record import COMMAND_LINE
from surveys.errors import SurveyError
from surveys.participation.leaving.erasure import erase
from surveys.studies.lifecycle.publishing import find_survey


class Command(BaseCommand):
    help = (
        "Erases a participant's answers, events and panel id for good; a tombstone with number "
        "and condition stays, so that everybody else's assignment can be derived again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the study's address")
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--panel-id", default="", help="the participant's id at the panel")
        who.add_argument("--token", default="", help="the token in the participant's cookie")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            survey = find_survey(options["slug"])
            erase(survey, options["panel_id"], options["token"], COMMAND_LINE)
        except SurveyError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Erased one participant of {survey.slug!r}. Exports and backups that were made before "
            "still hold them."
        )
