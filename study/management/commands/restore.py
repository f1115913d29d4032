"""python manage.py restore FILE: fill an empty database from a backup."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from study.backup.errors import BackupError
from study.backup.restoring import restore_backup


class Command(BaseCommand):
    help = "Fill an empty, migrated database from a file written by `backup`."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a file that `backup` wrote")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            contents = restore_backup(options["file"].resolve())
        except BackupError as error:
            raise CommandError(str(error)) from error
        n_rows = sum(table["rows"] for table in contents["tables"].values())
        self.stdout.write(
            f"Restored {n_rows} rows and {len(contents['stimuli'])} images of "
            f"{contents['made_at']}; the SHA-256 of every table matches."
        )
