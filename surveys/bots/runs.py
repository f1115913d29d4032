"""Lets bots take a survey in the background: started in the console, done by a worker.

A run is done in short segments, so that a worker is never kept from other tasks for long. Each
bot is stored whole or not at all.
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from kombu.exceptions import KombuError

from accounts.audit.record import Action, Actor, record
from surveys.bots.policies import POLICIES, find_policy
from surveys.bots.walker import require_no_people, run_bots
from surveys.errors import BotError
from surveys.models import BotRun, Survey

logger = logging.getLogger(__name__)
Status = BotRun.Status
ACTIVE = (Status.QUEUED, Status.RUNNING)
MOST_BOTS = 10_000
BOTS_PER_SEGMENT = 5
# A worker that has shown no sign of life for so long is taken for lost.
LEASE = timedelta(minutes=2)
NO_BROKER = "The broker does not answer, so no worker hears of this run; start it, then continue."
UNEXPECTED = "Something unexpected went wrong; the worker's log has the details."


@transaction.atomic
def start_run(survey: Survey, participants: int, seed: int, policy: str, actor: Actor) -> BotRun:
    """A run that a worker begins as soon as it can. Raises BotError where bots may not be."""
    if not 1 <= participants <= MOST_BOTS:
        raise BotError(f"The number of bots must be from 1 to {MOST_BOTS}, but is {participants}.")
    if policy not in POLICIES:
        raise BotError(f"The policy must be one of {', '.join(POLICIES)}, but is {policy!r}.")
    require_no_people(survey)
    by = actor if isinstance(actor, str) else actor.get_username()
    run = BotRun.objects.create(
        survey=survey, participants=participants, seed=seed, policy=policy, by=by
    )
    send_segment(run)
    record(actor, Action.BOTS_STARTED, survey, run=run.pk, participants=participants, policy=policy)
    return run


@transaction.atomic
def stop_run(run: BotRun, actor: Actor) -> bool:
    """Let in no more bots; whether there were more to come. Those that are through stay."""
    active = BotRun.objects.filter(pk=run.pk, status__in=ACTIVE)
    stopped = active.update(status=Status.STOPPED, finished_at=timezone.now())
    if stopped:
        record(actor, Action.BOTS_STOPPED, run.survey, run=run.pk)
    return bool(stopped)


@transaction.atomic
def continue_run(run: BotRun, actor: Actor) -> bool:
    """Go on with a run that was stopped, failed or lost; whether there was anything to do."""
    lapsed = Q(status__in=ACTIVE) & (Q(claimed_at=None) | Q(claimed_at__lt=timezone.now() - LEASE))
    over = Q(status__in=(Status.STOPPED, Status.FAILED))
    waiting = BotRun.objects.filter(lapsed | over, pk=run.pk, done__lt=F("participants"))
    if not waiting.update(status=Status.QUEUED, error="", finished_at=None, claimed_at=None):
        return False
    send_segment(BotRun.objects.get(pk=run.pk))
    record(actor, Action.BOTS_CONTINUED, run.survey, run=run.pk)
    return True


def is_lost(run: BotRun) -> bool:
    """Whether a worker should have shown a sign of life by now."""
    since = run.claimed_at or run.created_at
    return run.is_active and since < timezone.now() - LEASE


def send_segment(run: BotRun, countdown: float = 0) -> None:
    from surveys.tasks import advance_bot_run

    def send() -> None:
        try:
            advance_bot_run.apply_async((run.pk, run.claim), countdown=countdown or None)
        except (OSError, KombuError):
            logger.exception("Bot run %s could not be sent.", run.pk)
            _end(BotRun.objects.filter(pk=run.pk, claim=run.claim), Status.FAILED, NO_BROKER)

    transaction.on_commit(send)


# What workers do


def advance(run_id: int, claim: int) -> None:
    """One segment of a run, and the message for the next one."""
    now = timezone.now()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - LEASE)
    waiting = BotRun.objects.filter(free, pk=run_id, claim=claim, status__in=ACTIVE)
    if not waiting.update(claim=claim + 1, claimed_at=now, status=Status.RUNNING):
        return
    run = BotRun.objects.select_related("survey").get(pk=run_id)
    try:
        _let_in(run)
    except BotError as error:
        _end(_held(run), Status.FAILED, str(error))
    except Exception:
        logger.exception("Bot run %s failed.", run.pk)
        _end(_held(run), Status.FAILED, UNEXPECTED)
    if _held(run).update(claimed_at=None):
        send_segment(run)
    else:
        BotRun.objects.filter(pk=run.pk, claim=run.claim).update(claimed_at=None)


def _let_in(run: BotRun) -> None:
    """As many bots as belong in a segment; none after the run was stopped or taken over.

    Each is stored whole, then counted: a worker that dies just in between leaves one bot more.
    """
    last = min(run.done + BOTS_PER_SEGMENT, run.participants)
    bots = run_bots(run.survey, last, run.seed, find_policy(run.policy), first=run.done)
    for _ in bots:
        if not _held(run).update(done=F("done") + 1, claimed_at=timezone.now()):
            return
    if last == run.participants:
        _end(_held(run), Status.FINISHED)


def take_up_interrupted() -> int:
    """Called when a worker starts: go on with runs whose worker is gone; their number."""
    runs = list(BotRun.objects.filter(status__in=ACTIVE))
    for run in runs:
        # Whoever holds it may still be at work; once the claim has lapsed, nobody is.
        send_segment(run, LEASE.total_seconds() + 1 if run.claimed_at else 0)
    return len(runs)


def _held(run: BotRun) -> "QuerySet[BotRun]":
    return BotRun.objects.filter(pk=run.pk, claim=run.claim, status=Status.RUNNING)


def _end(runs: "QuerySet[BotRun]", status: BotRun.Status, error: str = "") -> None:
    runs.update(status=status, error=error, finished_at=timezone.now(), claimed_at=None)
