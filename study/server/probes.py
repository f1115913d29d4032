"""Looks at what this installation needs, and says what to do about what is missing.

A probe is a function that returns one finding and never raises. Other rooms add theirs by PROBES in
the settings.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from celery.exceptions import CeleryError
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string
from kombu.exceptions import KombuError

from study.celery import app
from study.configuration.commands import WORKER, command, demo, target

SECONDS = 3
QUEUES = {"default", "gpu"}


@dataclass(frozen=True)
class Finding:
    """`missing` stops something that people will ask for; `note` only limits it."""

    part: str
    state: Literal["ok", "note", "missing"]
    found: str
    remedy: str = ""


def examine() -> Iterator[Finding]:
    """One finding after the other, since some take seconds."""
    parts: list[Callable[[], Finding]] = [secret_key, database, migrations, broker, worker]
    parts += [part for name in settings.PROBES for part in import_string(name)]
    for part in parts:
        yield part()


def secret_key() -> Finding:
    if settings.STORED_SECRET_KEY:
        return Finding("secret key", "ok", "It is stored.")
    return Finding(
        "secret key",
        "missing",
        "None is stored, so everybody is signed out at each restart.",
        f"Set SECRET_KEY or SECRET_KEY_FILE; `{demo()}` makes var/secret_key.",
    )


def database() -> Finding:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        return Finding(
            "database",
            "missing",
            f"It does not answer: {first_line(error)}",
            "Start it, or correct DATABASE_URL.",
        )
    if connection.vendor == "sqlite":
        return Finding(
            "database",
            "note",
            "SQLite: one machine only.",
            "Name a PostgreSQL database in DATABASE_URL before paid participants come.",
        )
    return Finding("database", "ok", f"{connection.display_name} answers.")


def migrations() -> Finding:
    try:
        executor = MigrationExecutor(connection)
        left = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return Finding("tables", "missing", first_line(error), "Fix the database first.")
    if not left:
        return Finding("tables", "ok", "They are up to date.")
    return Finding(
        "tables",
        "missing",
        f"{len(left)} migrations were not applied.",
        f"Run `{command('migrate')}`.",
    )


def broker() -> Finding:
    kind = settings.CELERY_BROKER_URL.split(":")[0]
    try:
        with app.connection_for_write(connect_timeout=SECONDS) as there:
            there.ensure_connection(max_retries=1, timeout=SECONDS)
    except (OSError, KombuError) as error:
        return Finding(
            "broker",
            "missing",
            f"{kind} does not answer: {first_line(error)}",
            "Start Redis or RabbitMQ, or correct CELERY_BROKER_URL.",
        )
    return Finding("broker", "ok", f"{kind} answers.")


def worker() -> Finding:
    start = target("worker", WORKER)
    remedy = f"Run `{start}` on a machine with the same settings; see docs/workers.md."
    try:
        served = app.control.inspect(timeout=SECONDS).active_queues() or {}
    except (OSError, KombuError, CeleryError):
        return Finding("worker", "missing", "Without a broker none can be asked.", remedy)
    if not served:
        return Finding("worker", "missing", "None answers, so builds wait.", remedy)
    unserved = QUEUES - {queue["name"] for queues in served.values() for queue in queues}
    if unserved:
        return Finding(
            "worker",
            "missing",
            f"{len(served)} answer, but none serves the queue {', '.join(sorted(unserved))}.",
            "Start one with --queues default,gpu.",
        )
    return Finding("worker", "ok", f"{len(served)} answer: {', '.join(sorted(served))}.")


def first_line(error: BaseException) -> str:
    """What a driver or client says went wrong, without the rest of it."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
