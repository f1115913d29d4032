"""Claims runs for workers, and limits writing to the worker with the latest claim."""

from typing import Any, TypeVar

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from study.runs.models import Lease, Run

L = TypeVar("L", bound=Lease)
R = TypeVar("R", bound=Run)


def take(free: QuerySet[L], worker: str, **fields: Any) -> bool:
    """Claim the query's single row; False if another worker was faster."""
    now = timezone.now()
    fields |= {"claim": F("claim") + 1, "claimed_at": now, "worker": worker[:200]}
    return bool(free.update(**fields))


def claim_run(model: type[R], pk: int, claim: int, worker: str) -> R | None:
    """Claim the run for a message with this claim; None if the message is outdated."""
    free = Q(claim=claim, claimed_at=None) | Q(claim=claim + 1) & model.lapsed()
    runs = model._default_manager.filter(pk=pk)
    before = runs.values_list("worker", flat=True).first()
    waiting = runs.filter(free, status__in=model.ACTIVE)
    if not take(waiting, worker, status=model.Status.RUNNING):
        return None
    run = runs.get()
    if run.worker != before:
        run.note(f"Started by the worker {run.worker}.")
    return run


def held(lease: L) -> QuerySet[L]:
    """Return the row if this worker still holds its lease, else an empty query set."""
    return type(lease)._default_manager.filter(pk=lease.pk, claim=lease.claim)


def keep(run: Run, **fields: Any) -> bool:
    """Renew the claim and store progress; False if the run was stopped or taken over."""
    active = held(run).filter(status__in=run.ACTIVE)
    return bool(active.update(claimed_at=timezone.now(), **fields))


def release(lease: Lease) -> None:
    """Release the claim, so that another worker can take it."""
    if held(lease).update(claimed_at=None):
        lease.claimed_at = None


def release_all(model: type[Lease], worker: str) -> None:
    """Release the claims of a worker that has just started: they are from before its stop."""
    claimed = model._default_manager.filter(worker=worker[:200]).exclude(claimed_at=None)
    claimed.update(claimed_at=None)
