"""python manage.py contact_sheet FOLDER --out DIR"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pv_engine.errors import EngineError


class Command(BaseCommand):
    help = (
        "Lay out a stimulus folder's items with their labels as contact_sheet.html and "
        "contact_sheet.png, and print its quality measures. It shows the answers: for researchers "
        "only."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", type=Path, metavar="FOLDER", help="a folder written by build_stimuli"
        )
        parser.add_argument(
            "--out", type=Path, metavar="DIR", required=True, help="folder for the sheet"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        from pv_engine.reports.contact_sheet import contact_sheet
        from pv_engine.reports.writing import write_sheet

        try:
            sheet = contact_sheet(options["folder"])
            files = write_sheet(sheet, options["out"], "contact_sheet")
        except EngineError as error:
            raise CommandError(str(error)) from error
        for table in sheet.tables:
            self.stdout.write(f"{table.text()}\n")
        for file in files:
            self.stdout.write(str(file))
