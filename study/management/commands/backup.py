"""python manage.py backup FILE: write the whole installation into one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from study.backup.archive import make_backup
from study.backup.errors import BackupError


class Command(BaseCommand):
    help = (
        "Write the current database and stimuli into one new file. Participants can go on "
        "answering. `restore` reads the file into SQLite or PostgreSQL."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the new file, such as backup.tar.gz")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            contents = make_backup(options["file"].resolve())
        except BackupError as error:
            raise CommandError(str(error)) from error
        n_rows = sum(table["rows"] for table in contents["tables"].values())
        self.stdout.write(
            f"{options['file']}: {n_rows} rows of {len(contents['tables'])} tables and "
            f"{len(contents['stimuli'])} images. Keep the secret key and AUDIT_KEY elsewhere."
        )
