"""Handles runs when a worker starts, reconnects to its broker or loses a process."""

import logging
from datetime import timedelta
from threading import Event, Thread
from typing import Any

from celery.exceptions import WorkerLostError
from celery.signals import task_failure, worker_ready
from celery.worker import state
from django.db import DatabaseError, connection
from django.dispatch import Signal

from study.runs.claims import release_all
from study.runs.messages import resend
from study.runs.models import kinds, leases
from study.runs.segments import fail_lost_process

logger = logging.getLogger(__name__)

# Sent when a pool process was killed during a task, with `task` (its name), `args` and `workers`
# (names of this process).
process_lost = Signal()
# Names of the workers started in this process: one, except in tests.
_started: set[str] = set()
_stopped = Event()
LONGEST_WAIT = timedelta(minutes=1)


@worker_ready.connect
def resume_interrupted(sender: Any, **_: object) -> None:
    """Resume idle runs at the start and after each reconnection: Celery signals both."""
    is_new = sender.hostname not in _started
    try:
        if is_new:
            for model in leases():
                release_all(model, sender.hostname)
        # Of runs that nobody works on, the broker may have lost the message.
        count = sum(resend(kind, timedelta(0)) for kind in kinds())
        if count:
            logger.info("Resuming %d unfinished run(s).", count)
    except DatabaseError as error:
        logger.warning("The database does not answer: %s", error)
    if is_new:
        _started.add(sender.hostname)
        Thread(target=_resend_lost, name="lost messages", daemon=True).start()


def _resend_lost() -> None:
    """While the worker lives, resend messages that the broker lost or refused."""
    wait = min(LONGEST_WAIT, *(kind.lease for kind in kinds()))
    while not _stopped.wait(wait.total_seconds()):
        try:
            for kind in kinds():
                resend(kind, kind.lease)
        except DatabaseError as error:
            logger.warning("The database does not answer: %s", error)
        finally:
            connection.close()


@task_failure.connect
def fail_run_of_lost_process(sender: Any, exception: BaseException, args: Any, **_: object) -> None:
    """Fail the run of a killed pool process; this runs in its parent.

    If the whole worker is stopping, its next start resumes the run instead.
    """
    stopping = (state.should_stop, state.should_terminate) != (None, None)
    if not isinstance(exception, WorkerLostError) or stopping:
        return
    for kind in kinds():
        if kind.task == sender.name:
            fail_lost_process(kind, *args)
    process_lost.send(None, task=sender.name, args=args, workers=_started)
