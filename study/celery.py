"""The Celery application. Tasks live in the `tasks.py` of each app."""

import logging
import logging.config
import os
import signal
import sys
from pathlib import Path

from celery import Celery
from celery.signals import setup_logging, worker_process_init, worker_ready, worker_shutting_down
from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

from study.orphans import stop_when_supervisor_ends

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "study.settings")

# What `filesystem://` means here: kombu's transport with whole messages only.
TRANSPORT_ALIASES["filesystem"] = "study.server.broker:Transport"

app = Celery("foresee")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect  # type: ignore[untyped-decorator] # Celery has no types
def make_broker_folders(sender: Celery, **_: object) -> None:
    """The embedded broker expects its folders to exist."""
    for folder in settings.CELERY_BROKER_TRANSPORT_OPTIONS.values():
        if isinstance(folder, Path):
            folder.mkdir(parents=True, exist_ok=True)


@setup_logging.connect  # type: ignore[untyped-decorator]
def keep_our_log(**_: object) -> None:
    """Celery leaves the log alone where somebody listens here: lines are as in the web server."""
    logging.config.dictConfig(settings.LOGGING)


@worker_ready.connect  # type: ignore[untyped-decorator]
def do_not_outlive_the_supervisor(**_: object) -> None:
    stop_when_supervisor_ends()


@worker_process_init.connect  # type: ignore[untyped-decorator]
def leave_in_order(**_: object) -> None:
    """A supervisor ends all processes at once; one of the pool must let go of the pool's queues.

    Killed while it holds a lock of theirs, it would leave the worker waiting for ever.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())


@worker_shutting_down.connect  # type: ignore[untyped-decorator]
def do_not_trace_what_is_cut_short(**_: object) -> None:
    """A segment that stopping the worker cuts short is taken up at the next start."""
    logging.getLogger("celery.worker.request").disabled = True
