"""Exports a survey's data."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from surveys.errors import ExportError, SurveyError
from surveys.export.folder import export_panel_ids, export_study
from surveys.export.labelled import SUFFIXES
from surveys.studies.lifecycle.publishing import find_survey


class Command(BaseCommand):
    help = "Write a study's data as a Psych-DS folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the study's address")
        parser.add_argument("--out", type=Path, required=True, help="the folder to write")
        parser.add_argument(
            "--replace", action="store_true", help="replace an earlier export there"
        )
        parser.add_argument(
            "--stimuli",
            action="store_true",
            help="also copy the images (only if licensed)",
        )
        parser.add_argument(
            "--no-pages",
            action="store_false",
            dest="pages",
            help="leave out the pages that participants see, and screenshots of them",
        )
        parser.add_argument(
            "--also",
            nargs="+",
            choices=sorted(SUFFIXES),
            default=(),
            help="also write the tables with labels for these programs (requirements-labels.txt)",
        )
        parser.add_argument(
            "--panel-ids",
            type=Path,
            metavar="FILE",
            help="also write who the participants are to their panel into this CSV file; keep it "
            "apart from the data",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            survey = find_survey(options["slug"])
            panel_file = options["panel_ids"]
            if panel_file is not None and panel_file.resolve().is_relative_to(
                options["out"].resolve()
            ):
                raise ExportError(
                    f"{panel_file} lies in the data set's own folder; choose a file elsewhere for "
                    "the panel ids."
                )
            counts = export_study(
                survey,
                options["out"].resolve(),
                options["replace"],
                options["stimuli"],
                also=options["also"],
                pages=options["pages"],
            )
            n_ids = export_panel_ids(survey, panel_file.resolve()) if panel_file else 0
        except SurveyError as error:
            raise CommandError(str(error)) from error
        rows = ", ".join(f"{count} {table}" for table, count in counts.items())
        self.stdout.write(f"{options['out']}: {rows}.")
        if survey.is_blind:
            self.stderr.write(survey.blinding_notice)
        if panel_file:
            self.stdout.write(f"{panel_file}: {n_ids} panel ids.")
