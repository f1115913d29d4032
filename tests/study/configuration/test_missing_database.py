"""A fresh clone has no folder for the database, and nobody is met with a traceback for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError

from study.configuration.missing_database import database_file, explain, make_folder


def manage(var, *arguments):
    environment = {
        **{name: value for name, value in os.environ.items() if "ASYNC_UNSAFE" not in name},
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "study.settings",
        "SECRET_KEY": "only-for-tests",
        "VAR_DIR": str(var),
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=project.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_migrate_makes_the_folder_of_the_database(tmp_path):
    var = tmp_path / "not" / "yet"
    done = manage(var, "migrate", "axes")
    assert done.returncode == 0, done.stderr
    assert (var / "db.sqlite3").is_file()


def test_a_command_without_a_database_says_how_to_make_one(tmp_path):
    done = manage(tmp_path / "var", "check_data", "demo")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"There is no database {tmp_path}/var/db.sqlite3; create it with python manage.py migrate, "
        "or name another in DATABASE_URL."
    )
    assert "Traceback" not in done.stderr


def test_a_command_on_a_database_without_tables_says_how_to_make_them(tmp_path):
    done = manage(tmp_path, "check_data", "demo")
    assert done.returncode == 1
    assert f"The database {tmp_path}/db.sqlite3 is empty; create it with" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match=f"folder {tmp_path}/file/var cannot be created"):
        make_folder(tmp_path / "file" / "var" / "db.sqlite3")


def test_a_database_that_may_not_be_written_is_named(tmp_path):
    file = tmp_path / "db.sqlite3"
    file.touch()
    assert explain(OperationalError("attempt to write a readonly database"), file) == (
        f"The database {file} cannot be opened; allow this account to write it and its folder."
    )


@pytest.mark.django_db
@pytest.mark.parametrize("file", [None, Path("db.sqlite3")])
@pytest.mark.parametrize(
    "error",
    [
        ProgrammingError('relation "nothing" does not exist'),
        OperationalError("no such table: nothing"),
        OperationalError("database is locked"),
    ],
)
def test_other_errors_of_a_database_with_tables_are_left_as_they_are(error, file):
    assert explain(error, file) == ""


def test_only_sqlite_on_disk_has_a_folder():
    sqlite = "django.db.backends.sqlite3"
    assert database_file({"ENGINE": sqlite, "NAME": "/a/b.sqlite3"}) == Path("/a/b.sqlite3")
    assert database_file({"ENGINE": sqlite, "NAME": ":memory:"}) is None
    assert database_file({"ENGINE": "django.db.backends.postgresql", "NAME": "x"}) is None
