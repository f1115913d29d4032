"""Celery tasks of the surveys; they carry, services decide."""

import logging
from typing import Any

from celery import Task, shared_task
from celery.exceptions import WorkerLostError
from celery.signals import task_failure, worker_ready
from celery.worker import state

from surveys.bots import runs
from surveys.checks import preflight_runs
from surveys.jobs import queue

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator] # Celery has no types
def advance_bot_run(run_id: int, claim: int) -> None:
    """A few bots; it sends the message for the next ones itself."""
    runs.advance(run_id, claim)


@shared_task(ignore_result=True)  # type: ignore[untyped-decorator]
def run_preflight(run_id: int) -> None:
    """The checks before opening that take too long for a page."""
    preflight_runs.run(run_id)


@shared_task(bind=True, ignore_result=True)  # type: ignore[untyped-decorator]
def make_file(self: Task, job_id: int) -> None:
    """The file of one export or report."""
    # Here, not above: the web process sends this task and needs none of what carries it out.
    from surveys.jobs.work import make_file_of

    job = queue.claim_job(job_id, worker=self.request.hostname or "")
    if job is not None:
        make_file_of(job)


@worker_ready.connect  # type: ignore[untyped-decorator]
def take_up_interrupted_bot_runs(sender: Any, **_: object) -> None:
    count = runs.take_up_interrupted()
    if count:
        logger.info("Taking up %d unfinished run(s) of bots.", count)


@worker_ready.connect  # type: ignore[untyped-decorator]
def make_interrupted_files_anew(sender: Any, **_: object) -> None:
    count = queue.give_up_interrupted(sender.hostname)
    if count:
        logger.info("Making %d interrupted export(s) or report(s) anew.", count)


@task_failure.connect  # type: ignore[untyped-decorator]
def fail_job_of_lost_process(sender: Any, exception: BaseException, args: Any, **_: object) -> None:
    """A pool process can only be lost unseen by itself; its parent hears of it here.

    When the whole worker is being stopped, its next start makes the file anew instead.
    """
    stopping = state.should_stop is not None or state.should_terminate is not None
    if sender.name == make_file.name and isinstance(exception, WorkerLostError) and not stopping:
        queue.fail_lost_job(*args)
