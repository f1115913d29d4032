"""Real worker processes on a real broker, for the tests that need them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from celery.app.base import Celery
from django.conf import settings
from django.db import connection
from kombu import Connection

from pv_engine.models import Build
from pv_engine.recipe.reading import Recipe

READY = " ready."


def wait_until(holds: Callable[[], object], seconds: float = 180.0, what: str = "") -> None:
    """A bounded wait: a process of its own can only be waited for."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() >= end:
            raise AssertionError(f"Waited {seconds:.0f} s in vain. {what}")
        time.sleep(0.02)


def database_address() -> str:
    """The test database, as another process names it."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    user, password = database["USER"], database["PASSWORD"]
    host = f"{database['HOST'] or '127.0.0.1'}:{database['PORT'] or 5432}"
    return f"postgresql://{user}{':' + password if password else ''}@{host}/{database['NAME']}"


@dataclass
class Workers:
    """Starts workers on one broker and ends those that are left."""

    folder: Path
    broker: str
    more: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "study.settings",
            "DATABASE_URL": database_address(),
            "CELERY_BROKER_URL": self.broker,
            "VAR_DIR": str(self.folder / "var"),
            "BUILDS_DIR": str(settings.BUILDS_DIR),
            "SECRET_KEY": "only-for-tests",
            # One chunk, or a few steps, each time; and a loss is noticed soon.
            "BUILD_SEGMENT_SECONDS": "0",
            "BUILD_LEASE_SECONDS": "6",
            "OMP_NUM_THREADS": "1",
            **self.more,
        }

    def start(self, *names: str) -> None:
        """Start workers and wait until they take messages."""
        for name in names:
            with self._log(name).open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    [
                        sys.executable, "-m", "celery", "-A", "study", "worker",
                        "--queues", "default,gpu", "--concurrency", "1",
                        "--hostname", f"{name}@here", "--loglevel", "INFO",
                    ],
                    cwd=settings.BASE_DIR, env=self.environment(), start_new_session=True,
                    stdout=log, stderr=log,
                )  # fmt: skip
        for name in names:
            wait_until(partial(self._is_ready, name), what=f"{name} never started.")

    def _is_ready(self, name: str) -> bool:
        return READY in self.log(name)

    def kill(self, name: str) -> None:
        """SIGKILL for the worker and its pool, as when a machine is lost."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        for name in list(self.processes):
            self.kill(name)

    def log(self, name: str) -> str:
        return self._log(name).read_text(errors="replace")

    def _log(self, name: str) -> Path:
        path = self.folder / f"{name}.log"
        path.touch()
        return path


@contextmanager
def workers_on(folder: Path, broker: str, **more: str) -> Iterator[Workers]:
    workers = Workers(folder, broker, more)
    try:
        yield workers
    finally:
        workers.end()


def new_build(recipe: Recipe) -> Build:
    return Build.objects.create(
        recipe_name=recipe.name, recipe_toml=recipe.text, recipe_folder=str(recipe.folder)
    )


def send(app: Celery, broker: str, build: Build) -> None:
    """The message that starts a build, as the web server sends it."""
    with Connection(broker) as there:
        app.send_task(
            "pv_engine.tasks.advance_build", (build.pk, build.claim), connection=there, queue="gpu"
        )


def wait_for_the_end(build: Build, workers: Workers, seconds: float = 180.0) -> None:
    """Wait until the build is over; it must have finished."""

    def is_over() -> bool:
        build.refresh_from_db()
        return not build.is_active

    wait_until(is_over, seconds, f"The build is still {build}.")
    logs = "\n".join(workers.log(path.stem) for path in workers.folder.glob("*.log"))
    assert build.status == Build.Status.FINISHED, f"{build.error}\n{logs[-3000:]}"
