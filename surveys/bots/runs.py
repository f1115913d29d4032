"""Lets bots take a survey in the background: started in the console, done by a worker.

A run is done in short segments, so that a worker is never kept from other tasks for long. Each
bot is stored whole or not at all.
"""

from django.db import transaction

from accounts.audit.record import Action, Actor, record
from study.runs.claims import keep
from study.runs.messages import send
from study.runs.segments import end, finish, resume
from surveys.bots.policies import POLICIES, find_policy
from surveys.bots.walker import require_no_people, run_bots
from surveys.errors import BotError
from surveys.models import BotRun, Survey

MOST_BOTS = 10_000
BOTS_PER_SEGMENT = 5


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
        survey=survey,
        participants=participants,
        seed=seed,
        policy=policy,
        by=by,
        message=f"0 of {participants}",
    )
    send(run)
    record(actor, Action.BOTS_STARTED, survey, run=run.pk, participants=participants, policy=policy)
    return run


@transaction.atomic
def stop_run(run: BotRun, actor: Actor) -> bool:
    """Send no more bots; whether there were more to send. Those that have finished stay."""
    if not end(BotRun.objects.filter(pk=run.pk), BotRun.Status.CANCELLED):
        return False
    record(actor, Action.BOTS_STOPPED, run.survey, run=run.pk)
    return True


@transaction.atomic
def continue_run(run: BotRun, actor: Actor) -> bool:
    """Go on with a run that was stopped, failed or lost; whether there was anything to do.

    Raises BotError where bots may not be any more.
    """
    require_no_people(run.survey)
    if not resume(run):
        return False
    record(actor, Action.BOTS_CONTINUED, run.survey, run=run.pk)
    return True


def send_bots(run: BotRun) -> None:
    """One segment of a claimed run. No bot is sent after the run was stopped or taken over.

    Each is stored whole, then counted: a worker that dies just in between leaves one bot more.
    """
    last = min(run.done + BOTS_PER_SEGMENT, run.participants)
    bots = run_bots(run.survey, last, run.seed, find_policy(run.policy), first=run.done)
    for done, _ in enumerate(bots, start=run.done + 1):
        share = {"permille": 1000 * done // run.participants}
        if not keep(run, done=done, message=f"{done} of {run.participants}", **share):
            return
    if last == run.participants:
        finish(run)
