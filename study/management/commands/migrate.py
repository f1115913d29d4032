"""Django's migrate, which first creates the folder of an SQLite database."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from study.configuration.missing_database import database_file, make_folder


class Command(migrate.Command):
    def execute(self, *args: Any, **options: Any) -> str | None:
        # Before the checks, some of which open the database.
        if file := database_file(connections[options["database"]].settings_dict):
            make_folder(file)
        return super().execute(*args, **options)
