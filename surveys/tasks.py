"""Celery tasks of the surveys; services decide."""

from typing import Any

from celery import Task, shared_task

from study.runs.segments import advance
from study.runs.workers import process_lost
from surveys.bots.runs import send_bots
from surveys.checks.preflight_runs import run_checks
from surveys.jobs.power_runs import simulate
from surveys.jobs.queue import clear_after_loss
from surveys.models import BotRun, Job, PowerRun, PreflightRun


@shared_task(bind=True, ignore_result=True)
def advance_bot_run(self: "Task[Any, None]", run_id: int, claim: int = 0) -> None:
    """A few bots."""
    advance(BotRun, run_id, claim, self.request.hostname or "", send_bots)


@shared_task(bind=True, ignore_result=True)
def run_preflight(self: "Task[Any, None]", run_id: int, claim: int = 0) -> None:
    """The checks before opening that take too long for a page."""
    advance(PreflightRun, run_id, claim, self.request.hostname or "", run_checks)


@shared_task(bind=True, ignore_result=True)
def simulate_power(self: "Task[Any, None]", run_id: int, claim: int = 0) -> None:
    """The power of a study by its size."""
    advance(PowerRun, run_id, claim, self.request.hostname or "", simulate)


@shared_task(bind=True, ignore_result=True)
def make_file(self: "Task[Any, None]", job_id: int, claim: int = 0) -> None:
    """The file of one export or report."""
    # Here, not above: the web process needs none of what makes files.
    from surveys.jobs.work import make_file_of

    advance(Job, job_id, claim, self.request.hostname or "", make_file_of)


def clear_scratch_of_lost_process(task: str, args: Any, **_: object) -> None:
    if task == make_file.name:
        clear_after_loss(args[0])


process_lost.connect(clear_scratch_of_lost_process)
