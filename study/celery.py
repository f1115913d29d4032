"""The Celery application. Tasks live in the `tasks.py` of each app."""

import logging
import logging.config
import os
import signal
from pathlib import Path

from celery import Celery
from celery.signals import (
    setup_logging,
    worker_process_shutdown,
    worker_ready,
    worker_shutting_down,
)
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

from study.orphans import stop_when_supervisor_ends

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "study.settings")

# `filesystem://` means our transport, which never reads a half-written message.
TRANSPORT_ALIASES["filesystem"] = "study.server.broker:Transport"

app = Celery("foresee")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect
def make_broker_folders(sender: Celery, **_: object) -> None:
    """Create the folders of the embedded broker, which expects them to exist."""
    for folder in settings.CELERY_BROKER_TRANSPORT_OPTIONS.values():
        if isinstance(folder, Path):
            folder.mkdir(parents=True, exist_ok=True)


@setup_logging.connect
def configure_logging(**_: object) -> None:
    """Log like the web server; a receiver of this signal replaces Celery's own logging setup."""
    logging.config.dictConfig(settings.LOGGING)


@worker_ready.connect
def stop_with_supervisor(**_: object) -> None:
    stop_when_supervisor_ends()


@worker_process_shutdown.connect
def say_goodbye_undisturbed(**_: object) -> None:
    """Let a pool process that ends report it and release the lock of the pool's queue.

    The pool answers the report with SIGTERM. Billiard blocks that in the thread that reports, but
    the other threads of a process that computed would still take it, and die with the lock.
    """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


@worker_shutting_down.connect
def silence_interrupted_segments(**_: object) -> None:
    """Log no traceback of a segment that the stop interrupts: the next start resumes it."""
    logging.getLogger("celery.worker.request").disabled = True
