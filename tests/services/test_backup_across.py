"""A backup of SQLite restores into PostgreSQL, and one of PostgreSQL into SQLite, to the byte."""

import json
import os
import subprocess
import sys
import uuid
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings

from pv_engine.models import Build, TrainingPoint
from tests.study.backup.test_backup import AUDIT

pytestmark = pytest.mark.services
POSTGRESQL = os.environ.get("FORESEE_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432")
BEGIN = """
import django, json, sys
django.setup()
from pathlib import Path
from django.core.management import call_command
from django.test.utils import setup_test_environment
from tests.services import test_backup_across as odd
from tests.study.backup import test_backup as usual
setup_test_environment()
call_command("migrate", verbosity=0)
"""
PRINT_DIGESTS = "\nprint(json.dumps(usual.digests()))"
MAKE = "\nusual.make_study(Path(sys.argv[1]).parent)\nodd.store_odd_numbers()"
BACK_UP = '\ncall_command("backup", sys.argv[1], stdout=sys.stderr)'
RESTORE = '\ncall_command("restore", sys.argv[1], stdout=sys.stderr)'


def store_odd_numbers():
    """What the two databases write in different ways."""
    build = Build.objects.create(recipe_name="odd", recipe_toml="", recipe_folder="")
    odd = [-0.0, 1.0, 1e16, 1e23, -2.5e300, 1e-7, 5e-324, 0.1 + 0.2, 2**53 + 1, 10**30]
    texts = {"z": 1, "ü": ["عربية 🙂", "\\ \" ' \u2028 \x7f"], "a": [True, None, "", [], {}]}
    values = {"numbers": odd, "texts": texts}
    TrainingPoint.objects.create(build=build, phase="decoder", step=1, values=values)


@contextmanager
def postgresql():
    try:
        server = psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True, connect_timeout=2)
    except psycopg.OperationalError:
        pytest.skip("PostgreSQL does not answer; start it, or name it in FORESEE_TEST_POSTGRESQL.")
    name = f"test_foresee_{uuid.uuid4().hex[:12]}"
    with server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{POSTGRESQL}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(program, database, archive):
    """The digests that the program prints, of a process with this database."""
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + program, str(archive)], cwd=settings.BASE_DIR, text=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": database},
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("first", ["sqlite", "postgresql"])
def test_a_backup_of_one_database_restores_into_the_other_to_the_byte(first, tmp_path):
    archive = tmp_path / "backup.tar.gz"
    with postgresql() as there:
        databases = [f"sqlite:///{tmp_path / 'here.sqlite3'}", there]
        source, target = databases if first == "sqlite" else reversed(databases)
        before = run(MAKE + PRINT_DIGESTS + BACK_UP, source, archive)
        after = run(RESTORE + PRINT_DIGESTS, target, archive)
    assert before.keys() == after.keys()
    assert {label for label in after if after[label] != before[label]} <= AUDIT
