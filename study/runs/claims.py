"""Says who may work on what now, and writes only for them."""

from typing import Any, TypeVar

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from study.runs.models import Lease, Run

L = TypeVar("L", bound=Lease)
R = TypeVar("R", bound=Run)


def take(free: QuerySet[L], worker: str, **fields: Any) -> bool:
    """Claim the one row of the query, if it is still there by the time of the update."""
    now = timezone.now()
    fields |= {"claim": F("claim") + 1, "claimed_at": now, "worker": worker[:200]}
    return bool(free.update(**fields))


def claim_run(model: type[R], pk: int, claim: int, worker: str) -> R | None:
    """The run, if the message with this claim may work on it now."""
    free = Q(claim=claim, claimed_at=None) | Q(claim=claim + 1) & model.lapsed()
    runs = model._default_manager.filter(pk=pk)
    before = runs.values_list("worker", flat=True).first()
    waiting = runs.filter(free, status__in=model.ACTIVE)
    if not take(waiting, worker, status=model.Status.RUNNING):
        return None
    run = runs.get()
    if run.worker != before:
        run.note(f"Taken up by the worker {run.worker}.")
    return run


def held(lease: L) -> QuerySet[L]:
    """The row while the claim is the latest, else nothing."""
    return type(lease)._default_manager.filter(pk=lease.pk, claim=lease.claim)


def keep(run: Run, **fields: Any) -> bool:
    """Give a sign of life and store progress; False if the run was stopped or taken over."""
    active = held(run).filter(status__in=run.ACTIVE)
    return bool(active.update(claimed_at=timezone.now(), **fields))


def release(lease: Lease) -> None:
    """Let others work on it."""
    if held(lease).update(claimed_at=None):
        lease.claimed_at = None


def release_all(model: type[Lease], worker: str) -> None:
    """Release what a worker held when it was stopped: one that is starting holds nothing."""
    claimed = model._default_manager.filter(worker=worker[:200]).exclude(claimed_at=None)
    claimed.update(claimed_at=None)
