"""Measures the export of a large survey and prints JSON."""

import json
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from surveys.benchmarks.large_survey import counts_of, make_large_survey
from surveys.benchmarks.processes import cost_of
from surveys.errors import SurveyError

SLUG = "bench-export"


class Command(BaseCommand):
    help = (
        "Fills the database with a study of n participants, which stays there, and prints "
        "seconds and peak memory of its export and of the export's check, as JSON. Name a database "
        "of its own in DATABASE_URL, migrated and empty."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--participants", type=int, default=33_334)
        parser.add_argument("--trials", type=int, default=30, help="of each participant")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            survey = make_large_survey(
                SLUG, options["participants"], options["trials"], options["seed"]
            )
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name) / "export"
                exported = cost_of("export_study", SLUG, "--out", str(folder))
                size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
                checked = cost_of("check_export", str(folder))
        except SurveyError as error:
            raise CommandError(str(error)) from error
        found = {
            "database": connection.vendor,
            **counts_of(survey),
            "export_seconds": round(exported.seconds, 1),
            "export_cpu_seconds": round(exported.cpu_seconds, 1),
            "export_peak_memory_mib": round(exported.peak_memory_mib),
            "export_size_mib": round(size / 2**20, 1),
            "check_seconds": round(checked.seconds, 1),
            "check_cpu_seconds": round(checked.cpu_seconds, 1),
            "check_peak_memory_mib": round(checked.peak_memory_mib),
        }
        self.stdout.write(json.dumps(found))
