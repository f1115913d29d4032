"""Removes panels' ids of people from studies that have been closed for long enough."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.audit.record import COMMAND_LINE
from surveys.participation.leaving.erasure import apply_retention


class Command(BaseCommand):
    help = "Removes panels' ids of people PANEL_ID_DAYS after their study was closed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, help="instead of the setting PANEL_ID_DAYS")

    def handle(self, *args: Any, **options: Any) -> None:
        days = settings.PANEL_ID_DAYS if options["days"] is None else options["days"]
        if days < 1:
            if options["days"] is not None:
                raise CommandError(f"--days must be at least 1, but is {days}.")
            self.stdout.write("PANEL_ID_DAYS is 0, so that panels' ids are kept.")
            return
        removed = apply_retention(days, COMMAND_LINE)
        for slug, count in removed.items():
            self.stdout.write(f"Removed {count} panel ids of {slug!r}.")
        if not removed:
            self.stdout.write(f"No study that was closed {days} days ago has panel ids.")
