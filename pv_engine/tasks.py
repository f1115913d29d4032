"""Celery tasks of the engine; they carry, services.py decides."""

import logging
from typing import Any

from celery import Task, shared_task
from celery.exceptions import WorkerLostError
from celery.signals import task_failure, worker_ready
from celery.worker import state

from pv_engine import services

logger = logging.getLogger(__name__)


@shared_task(bind=True, ignore_result=True)  # type: ignore[untyped-decorator] # Celery has no types
def advance_build(self: Task, build_id: int, claim: int) -> None:
    """One bounded segment of a build; it sends the message for the next one itself."""
    build = services.claim_build(build_id, claim, worker=self.request.hostname or "")
    if build is None:
        services.look_again_later(build_id, claim)
    else:
        services.run_segment(build)


@worker_ready.connect  # type: ignore[untyped-decorator]
def take_up_interrupted_builds(sender: Any, **_: object) -> None:
    count = services.take_up_interrupted(sender.hostname)
    if count:
        logger.info("Taking up %d unfinished build(s).", count)


@task_failure.connect  # type: ignore[untyped-decorator]
def fail_build_of_lost_process(
    sender: Any, exception: BaseException, args: Any, **_: object
) -> None:
    """A pool process can only be lost unseen by itself; its parent hears of it here.

    When the whole worker is being stopped, its next start takes the build up instead.
    """
    stopping = state.should_stop is not None or state.should_terminate is not None
    if (
        sender.name == advance_build.name
        and isinstance(exception, WorkerLostError)
        and not stopping
    ):
        services.fail_lost_segment(*args)
