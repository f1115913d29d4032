"""Celery tasks of the engine; they carry, services.py and what it names decide."""

import logging
from datetime import timedelta
from threading import Event, Thread
from typing import Any

from celery import Task, shared_task
from celery.exceptions import WorkerLostError
from celery.signals import task_failure, worker_ready
from celery.worker import state
from django.db import DatabaseError, connection

from pv_engine.builds import claims, segments, sharing
from pv_engine.builds.failures import fail_lost_segment
from pv_engine.kept_engine import forget_engine

logger = logging.getLogger(__name__)

# Names of the workers that have started in this process: one, but in tests.
_started: set[str] = set()
_stopped = Event()


@shared_task(bind=True, ignore_result=True)  # type: ignore[untyped-decorator] # Celery has no types
def advance_build(self: Task, build_id: int, claim: int) -> None:
    """One bounded segment of a build; it sends the message for the next one itself."""
    build = claims.claim_build(build_id, claim, worker=self.request.hostname or "")
    if build is None:
        forget_engine()
        claims.look_again_later(build_id, claim)
    else:
        segments.run_segment(build)


@shared_task(bind=True, ignore_result=True)  # type: ignore[untyped-decorator]
def work_on_chunks(self: Task, build_id: int) -> None:
    """Some chunks of a build that workers share; it sends itself again while some are free."""
    sharing.work_on_chunks(build_id, worker=self.request.hostname or "")


@worker_ready.connect  # type: ignore[untyped-decorator]
def take_up_interrupted_builds(sender: Any, **_: object) -> None:
    """Celery says so at the start, and each time that the worker has found its broker again."""
    if sender.hostname in _started:
        # The worker still holds what it holds; only messages may be gone with the broker.
        count = claims.send_lost_messages(timedelta(0))
    else:
        _started.add(sender.hostname)
        sharing.give_up_claims(sender.hostname)
        count = claims.take_up_interrupted(sender.hostname)
        Thread(target=_keep_looking, name="lost messages", daemon=True).start()
    if count:
        logger.info("Taking up %d unfinished build(s).", count)


def _keep_looking() -> None:
    """Send again, while the worker lives, what a broker forgot or never took."""
    older_than = 2 * claims.LEASE
    while not _stopped.wait(claims.LEASE.total_seconds()):
        try:
            claims.send_lost_messages(older_than)
        except DatabaseError as error:
            logger.warning("The database does not answer: %s", error)
        finally:
            connection.close()


@task_failure.connect  # type: ignore[untyped-decorator]
def fail_build_of_lost_process(
    sender: Any, exception: BaseException, args: Any, **_: object
) -> None:
    """A pool process can only be lost unseen by itself; its parent hears of it here.

    When the whole worker is being stopped, its next start takes the build up instead.
    """
    stopping = state.should_stop is not None or state.should_terminate is not None
    if not isinstance(exception, WorkerLostError) or stopping:
        return
    if sender.name == advance_build.name:
        fail_lost_segment(*args)
    elif sender.name == work_on_chunks.name:
        for worker in _started:
            sharing.lose_process(args[0], worker)
