"""Looks at everything that a study and its builds need, and says what to do about what is missing.

Each examination is a function that returns one finding and never raises.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from celery.exceptions import CeleryError
from django.conf import settings
from django.core.files.storage import storages
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from kombu.exceptions import KombuError

from pv_engine.errors import EngineError
from pv_engine.recipe.reading import Recipe, read_recipe
from study.celery import app

SECONDS = 3
GIB = 1024**3
# A demo build takes 0.2 GiB, one of photographs with its tables some more.
SCARCE, TOO_LITTLE = 5 * GIB, GIB
QUEUES = {"default", "gpu"}
DRIVER = Path("/proc/driver/nvidia/version")


@dataclass(frozen=True)
class Finding:
    """`missing` stops something that people will ask for; `note` only limits it."""

    part: str
    state: Literal["ok", "note", "missing"]
    found: str
    remedy: str = ""


def examine() -> Iterator[Finding]:
    """One finding after the other, since some take seconds."""
    parts: list[Callable[[], Finding]] = [
        secret_key, database, migrations, broker, worker, folder, disk, store, device, weights,
    ]  # fmt: skip
    for part in parts:
        yield part()


def secret_key() -> Finding:
    if settings.STORED_SECRET_KEY:
        return Finding("secret key", "ok", "It is stored.")
    return Finding(
        "secret key",
        "missing",
        "None is stored, so everybody is signed out at each restart.",
        "Set SECRET_KEY or SECRET_KEY_FILE; `make demo` makes var/secret_key.",
    )


def database() -> Finding:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        return Finding(
            "database",
            "missing",
            f"It does not answer: {_first_line(error)}",
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
        return Finding("tables", "missing", _first_line(error), "Mend the database first.")
    if not left:
        return Finding("tables", "ok", "They are up to date.")
    return Finding(
        "tables",
        "missing",
        f"{len(left)} migrations were not applied.",
        "Run `python manage.py migrate`.",
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
            f"{kind} does not answer: {_first_line(error)}",
            "Start Redis or RabbitMQ, or correct CELERY_BROKER_URL.",
        )
    return Finding("broker", "ok", f"{kind} answers.")


def worker() -> Finding:
    remedy = "Run `make worker` on a machine with the same settings; see docs/workers.md."
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


def folder() -> Finding:
    place = _existing(Path(settings.BUILDS_DIR))
    if os.access(place, os.W_OK):
        return Finding("folder", "ok", f"{settings.BUILDS_DIR} can be written.")
    return Finding(
        "folder",
        "missing",
        f"{place} cannot be written.",
        "Let this user write it, or name another folder in BUILDS_DIR.",
    )


def disk() -> Finding:
    place = _existing(Path(settings.BUILDS_DIR))
    free = shutil.disk_usage(place).free
    found = f"{free / GIB:.1f} GiB are free at {place}."
    remedy = "Make room, or name a folder on a larger disk in BUILDS_DIR."
    if free < TOO_LITTLE:
        return Finding("disk", "missing", found, remedy)
    return Finding("disk", "note", found, remedy) if free < SCARCE else Finding("disk", "ok", found)


def store() -> Finding:
    if "builds" not in storages.backends:
        return Finding("store", "ok", "Folders on this machine, or mounted on it.")
    bucket = settings.STORAGES["builds"]["OPTIONS"]["bucket_name"]
    try:
        storages["builds"].exists("doctor")
        storages["stimuli"].exists("doctor")
    except Exception as error:  # noqa: BLE001 - whatever the client raises, it does not answer
        return Finding(
            "store",
            "missing",
            f"The bucket {bucket} does not answer: {_first_line(error)}",
            "Make the bucket, or correct the settings that begin with S3_.",
        )
    return Finding("store", "ok", f"The bucket {bucket} answers.")


def device() -> Finding:
    try:
        import torch
    except ImportError:
        return Finding(
            "device", "note", "PyTorch is not installed: this machine only serves.",
            "Run `make install` where stimuli are to be built.",
        )  # fmt: skip
    if torch.cuda.is_available():
        count = torch.cuda.device_count()
        return Finding("device", "ok", f"{count} GPU: {torch.cuda.get_device_name()}.")
    if not DRIVER.exists():
        return Finding(
            "device", "note", "No NVIDIA driver is loaded: builds run on the processor.",
            "Where there is a GPU, install NVIDIA's driver and restart.",
        )  # fmt: skip
    built = f"for CUDA {torch.version.cuda}" if torch.version.cuda else "without CUDA"
    return Finding(
        "device", "missing", f"A driver is loaded, but PyTorch, built {built}, finds no GPU.",
        "Install a PyTorch build for a CUDA that the driver knows; see `nvidia-smi`.",
    )  # fmt: skip


def weights() -> Finding:
    """The weights that the recipes of the console name."""
    named = [
        (recipe.name, recipe.path(recipe.classifier.weights))
        for recipe in _recipes()
        if recipe.classifier.weights not in ("", "default")
    ]
    lost = [f"{name}: {path}" for name, path in named if not path.is_file()]
    if not lost:
        return Finding("weights", "ok", f"All that the recipes in {settings.RECIPES_DIR} name.")
    return Finding(
        "weights",
        "note",
        f"Missing for {'; '.join(lost)}.",
        "Put the files there; recipes that name them cannot be built before.",
    )


def _recipes() -> Iterator[Recipe]:
    for path in sorted(Path(settings.RECIPES_DIR).glob("*.toml")):
        try:
            yield read_recipe(path)
        except EngineError:
            continue  # the console says what is wrong with it


def _existing(path: Path) -> Path:
    return next(each for each in (path, *path.parents) if each.exists())


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
