"""Handles a database that does not exist yet: creates its folder, or says what to do."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from study.configuration.commands import command

MADE_BY = f"create it with {command('migrate')}, or name another in DATABASE_URL"
UNOPENED = ("unable to open database file", "attempt to write a readonly database")


def database_file(database: dict[str, Any]) -> Path | None:
    """Return SQLite's file; None for another database or one in memory."""
    name = str(database["NAME"])
    if not database["ENGINE"].endswith("sqlite3") or name.startswith((":memory:", "file:")):
        return None
    return Path(name).absolute()


def make_folder(file: Path) -> None:
    """Create the file's folder, which a fresh clone lacks and SQLite does not create."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The database's folder {file.parent} cannot be created ({error.strerror}); allow this "
            "account to write there, or name another file in DATABASE_URL."
        ) from error


def explain(error: DatabaseError, file: Path | None) -> str:
    """Return one sentence if the database is missing, empty or not accessible; else nothing."""
    said = str(error)
    if file is not None and any(words in said for words in UNOPENED):
        if not file.exists():
            return f"There is no database {file}; {MADE_BY}."
        return (
            f"The database {file} cannot be opened; allow this account to write it and its folder."
        )
    if ("no such table" in said or "does not exist" in said) and _has_no_tables():
        return f"The database {file or 'of DATABASE_URL'} is empty; {MADE_BY}."
    return ""


def _has_no_tables() -> bool:
    try:
        return not connection.introspection.table_names()
    except DatabaseError:
        return False
