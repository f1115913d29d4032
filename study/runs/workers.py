"""What a worker does about runs when it starts, finds its broker again, or loses a process."""

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

# A pool process was killed over a task: task (its name), args, workers (names of this process).
process_lost = Signal()
# Names of the workers that have started in this process: one, except in tests.
_started: set[str] = set()
_stopped = Event()
LONGEST_WAIT = timedelta(minutes=1)


@worker_ready.connect
def resume_interrupted(sender: Any, **_: object) -> None:
    """Celery says so at the start, and each time that the worker has found its broker again."""
    is_new = sender.hostname not in _started
    try:
        if is_new:
            for model in leases():
                release_all(model, sender.hostname)
        # Whatever nobody works on: its message may be gone with the broker.
        count = sum(resend(kind, timedelta(0)) for kind in kinds())
        if count:
            logger.info("Resuming %d unfinished run(s).", count)
    except DatabaseError as error:
        logger.warning("The database does not answer: %s", error)
    if is_new:
        _started.add(sender.hostname)
        Thread(target=_keep_looking, name="lost messages", daemon=True).start()


def _keep_looking() -> None:
    """While the worker lives, send again what a broker forgot or never took."""
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
    """A pool process cannot report its own loss; its parent is told here.

    When the whole worker is being stopped, its next start resumes the run instead.
    """
    stopping = (state.should_stop, state.should_terminate) != (None, None)
    if not isinstance(exception, WorkerLostError) or stopping:
        return
    for kind in kinds():
        if kind.task == sender.name:
            fail_lost_process(kind, *args)
    process_lost.send(None, task=sender.name, args=args, workers=_started)
