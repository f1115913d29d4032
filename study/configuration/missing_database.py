"""A database that is not there yet: its folder is made, or one sentence says what to do."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from study.configuration.commands import command

MADE_BY = f"make it with {command('migrate')}, or name another in DATABASE_URL"
UNOPENED = ("unable to open database file", "attempt to write a readonly database")


def database_file(database: dict[str, Any]) -> Path | None:
    """Where SQLite keeps the database of these settings; None for another, or one in memory."""
    name = str(database["NAME"])
    if not database["ENGINE"].endswith("sqlite3") or name.startswith((":memory:", "file:")):
        return None
    return Path(name).absolute()


def make_folder(file: Path) -> None:
    """SQLite makes its file, but not the folder that it lies in, which a fresh clone lacks."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The database's folder {file.parent} cannot be made ({error.strerror}); let this "
            "account write there, or name another file in DATABASE_URL."
        ) from error


def explain(error: DatabaseError, file: Path | None) -> str:
    """One sentence where the database was not made yet or may not be opened; else empty."""
    said = str(error)
    if file is not None and any(words in said for words in UNOPENED):
        if not file.exists():
            return f"There is no database {file}; {MADE_BY}."
        return f"The database {file} cannot be opened; let this account write it and its folder."
    if ("no such table" in said or "does not exist" in said) and _has_no_tables():
        return f"The database {file or 'of DATABASE_URL'} is empty; {MADE_BY}."
    return ""


def _has_no_tables() -> bool:
    try:
        return not connection.introspection.table_names()
    except DatabaseError:
        return False
