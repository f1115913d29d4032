"""Probes for services: database, broker, workers."""

import os
from pathlib import Path

from celery.exceptions import CeleryError
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from kombu.exceptions import KombuError

from study.celery import app
from study.configuration.commands import WORKER, command, target
from study.probes.probe import Finding, Probe, first_line, ok

# How long a load balancer, or a person, waits for a broker that does not answer.
BROKER_SECONDS = 2
WORKER_SECONDS = 3
QUEUES = {"default", "gpu"}


def database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Finding(
            "missing",
            f"It does not answer: {first_line(error)}",
            "Start it, or correct DATABASE_URL.",
        )
    if connection.vendor == "sqlite":
        return Finding(
            "note",
            "SQLite: one machine only.",
            "Name a PostgreSQL database in DATABASE_URL before you recruit participants.",
        )
    return ok(f"{connection.display_name} answers.")


def migrations() -> Finding:
    try:
        executor = MigrationExecutor(connection)
        left = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return Finding("missing", first_line(error), "Fix the database first.")
    if not left:
        return ok("They are up to date.")
    return Finding(
        "missing", f"{len(left)} migrations were not applied.", f"Run `{command('migrate')}`."
    )


def broker() -> Finding:
    kind = settings.CELERY_BROKER_URL.split(":")[0]
    remedy = "Start Redis or RabbitMQ, or correct CELERY_BROKER_URL."
    try:
        with app.connection_for_write(connect_timeout=BROKER_SECONDS) as there:
            there.ensure_connection(max_retries=1, timeout=BROKER_SECONDS)
    except (OSError, KombuError) as error:
        return Finding("missing", f"{kind} does not answer: {first_line(error)}", remedy)
    # The embedded broker is a folder, so it answers if the folder is writable.
    folder = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("data_folder_out")
    if folder is not None and not (Path(folder).is_dir() and os.access(folder, os.W_OK)):
        return Finding("missing", f"Its folder {folder} cannot be written.", remedy)
    return ok(f"{kind} answers.")


def worker() -> Finding:
    start = target("worker", WORKER)
    remedy = f"Run `{start}` on a machine with the same settings; see docs/workers.md."
    try:
        served = app.control.inspect(timeout=WORKER_SECONDS).active_queues() or {}
    except (OSError, KombuError, CeleryError):
        return Finding("missing", "Without a broker, none can answer.", remedy)
    if not served:
        return Finding("missing", "None answers, so builds wait.", remedy)
    unserved = QUEUES - {queue["name"] for queues in served.values() for queue in queues}
    if unserved:
        return Finding(
            "missing",
            f"{len(served)} answer, but none serves the queue {', '.join(sorted(unserved))}.",
            "Start one with --queues default,gpu.",
        )
    return ok(f"{len(served)} answer: {', '.join(sorted(served))}.")


# In the order in which the doctor reports them.
PROBES = (
    Probe("database", database, for_health=True),
    Probe("tables", migrations),
    Probe("broker", broker, for_health=True),
    Probe("worker", worker),
)
