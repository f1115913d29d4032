"""Works on one segment of a run, and ends or continues the run."""

import errno
import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import Q, QuerySet
from django.utils import timezone

from study.runs.claims import R, claim_run, held, release
from study.runs.messages import send
from study.runs.models import Run

logger = logging.getLogger(__name__)

# Classes of PostgreSQL's error codes: connection exception, operator intervention.
BROKEN_CONNECTION = ("08", "57P")
UNEXPECTED = "An unexpected error occurred on the worker; its log has the details. {advice}"
PROCESS_LOST = (
    "The worker's process was killed, most often because the machine ran out of memory. {advice}"
)
DISK_FULL = "The disk of {folder} on the worker is full; free some space. {advice}"


def advance(
    model: type[R], pk: int, claim: int, worker: str, work: Callable[[R], float | None]
) -> bool:
    """Do the segment of a message unless it is outdated; return whether another one follows."""
    run = claim_run(model, pk, claim, worker)
    return run is not None and work_on(run, work)


def work_on(run: R, work: Callable[[R], float | None]) -> bool:
    """Do one segment of a claimed run, then send the next message unless the run has ended.

    `work` finishes the run when nothing is left to do. It may return how many seconds the next
    segment should wait. If the database is lost meanwhile, the segment is repeated once the claim
    has lapsed; the run does not fail.
    """
    try:
        wait = _do(run, work)
        release(run)
        if not held(run).filter(status__in=run.ACTIVE).exists():
            return False
        send(run, countdown=wait)
    except (OperationalError, InterfaceError) as error:
        logger.warning("%s %s: the database was lost: %s", run._meta.label, run.pk, error)
        return False
    return True


def _do(run: R, work: Callable[[R], float | None]) -> float:
    try:
        return work(run) or 0.0
    except Exception as error:
        if is_database_lost(error):
            raise
        fail(held(run), sentence_for(run, error))
        return 0.0


def is_database_lost(error: Exception) -> bool:
    """Return whether the connection broke, as it does when PostgreSQL restarts.

    A test query would not show it: the database may be back already. Refused statements have codes
    of another class; SQLite has no codes, and no connection to lose.
    """
    code = getattr(error.__cause__, "sqlstate", "")
    broke = code is None or code.startswith(BROKEN_CONNECTION)
    return isinstance(error, InterfaceError) or (isinstance(error, OperationalError) and broke)


def sentence_for(run: Run, error: Exception) -> str:
    """Return what to show of an error; an unexpected one is logged."""
    if isinstance(error, run.known_errors):
        return str(error)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        folder = getattr(settings, run.folder_setting)
        return DISK_FULL.format(folder=folder, advice=run.advice)
    logger.error("%s %s failed.", run._meta.label, run.pk, exc_info=error)
    return UNEXPECTED.format(advice=run.advice)


def end(runs: QuerySet[R], status: Run.Status, **fields: Any) -> bool:
    """End the active runs; return whether there were any."""
    active = runs.filter(status__in=Run.ACTIVE)
    return bool(active.update(status=status, finished_at=timezone.now(), **fields))


def finish(run: Run, **fields: Any) -> bool:
    """Finish a run with its result; False if it was stopped or taken over."""
    return end(held(run), Run.Status.FINISHED, permille=1000, **fields)


def fail(runs: QuerySet[R], sentence: str, **fields: Any) -> None:
    """Fail the runs with a sentence that says why and what to do."""
    failing = list(runs)
    if end(runs, Run.Status.FAILED, error=sentence, **fields):
        for run in failing:
            run.note(f"Failed: {sentence}")


def fail_lost_process(model: type[Run], pk: int, claim: int = 0) -> None:
    """Fail the run of a pool process that was killed while its worker lives on."""
    for run in model._default_manager.filter(pk=pk, claim=claim + 1).exclude(claimed_at=None):
        fail(held(run), PROCESS_LOST.format(advice=run.advice), claimed_at=None)
        release(run)  # in case it was cancelled meanwhile


def resume(run: R, **fields: Any) -> bool:
    """Queue a failed, cancelled or lost run again; False for any other."""
    stopped = Q(status__in=(Run.Status.FAILED, Run.Status.CANCELLED)) | run.lost()
    runs = type(run)._default_manager.filter(stopped, pk=run.pk)
    if not runs.update(status=Run.Status.QUEUED, error="", finished_at=None, **fields):
        return False
    run.refresh_from_db()
    send(run)
    return True
