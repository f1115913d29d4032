"""Stores the answers to trials: each once, in order, and before the next page is sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from surveys.models import Event, Participant, Response, Trial
from surveys.participation import refusals
from surveys.participation.measures import Measures
from surveys.participation.refusals import Refusal
from surveys.participation.sql import writes
from surveys.participation.update_once import update_once
from surveys.protocol.schema import NO_EXPLANATION

FIRST, FINAL = "first", "final"
# From not sure at all to completely sure.
CONFIDENCE = range(1, 6)


class Taken(Enum):
    """What became of an answer that was not refused."""

    # Stored by this request; the participant as read has moved on.
    NOW = "now"
    # Stored by an earlier request, or by another one in this very moment.
    BEFORE = "before"


@dataclass(frozen=True)
class SentAnswer:
    """What a trial's form sent."""

    option: str
    # Proves that the form was made for this participant, this trial and this step of it.
    form_key: str
    measures: Measures = field(default_factory=Measures)
    confidence: int | None = None


def form_key(participant: Participant, position: int, step: str = FINAL) -> str:
    """A random value that no other participant's or trial's form has."""
    parts = f"{participant.token}/{position}" + ("" if step == FINAL else f"/{step}")
    return salted_hmac("surveys.trial", parts).hexdigest()[:20]


def step_of(participant: Participant, trial: Trial) -> str:
    """Whether the trial is to be answered from the image alone first."""
    shown = trial.shown_to(participant)
    if trial.first_option or trial.kind == Trial.Kind.ATTENTION or not shown:
        return FINAL
    is_two_step = participant.protocol.trials.two_step
    return FIRST if is_two_step and shown != NO_EXPLANATION else FINAL


def asks_confidence(participant: Participant, trial: Trial) -> bool:
    asked = participant.protocol.trials.confidence
    return asked and trial.kind != Trial.Kind.ATTENTION and step_of(participant, trial) == FINAL


def record_answer(
    participant: Participant, position: int, sent: SentAnswer, upcoming: Sequence[Trial]
) -> Taken | Refusal:
    """Store the answer to the participant's current trial, or say why not.

    `upcoming` are the current trial and those after it, of which the next one is shown as soon as
    the answer is stored. Sending the same answer again is no mistake, so that a double click
    passes unnoticed.
    """
    steps = [
        step
        for step in (FIRST, FINAL)
        if constant_time_compare(sent.form_key, form_key(participant, position, step))
    ]
    if not steps:
        return refusals.STALE_FORM
    if position <= participant.n_answered:
        return _compare_with_stored(participant, position, steps[0], sent)
    if position != participant.n_answered + 1:
        return refusals.NOT_YET
    if not upcoming:
        # The participant withdrew in this very moment.
        return refusals.STALE_FORM
    return _record(participant, upcoming, steps[0], sent)


def _record(
    participant: Participant, upcoming: Sequence[Trial], step: str, sent: SentAnswer
) -> Taken | Refusal:
    trial = upcoming[0]
    due = step_of(participant, trial)
    if step != due:
        if step == FINAL:
            return refusals.NOT_YET
        return _compare_with_stored(participant, trial.position, step, sent)
    refusal = refusal_of(participant, trial, sent)
    if refusal is not None:
        return refusal
    is_first = step == FIRST
    if _store_first(participant, trial, sent) if is_first else _store(participant, upcoming, sent):
        return Taken.NOW
    return _compare_with_stored(participant, trial.position, step, sent)


def refusal_of(participant: Participant, trial: Trial, sent: SentAnswer) -> Refusal | None:
    """Return what is wrong with the answer to the trial as it stands, if anything."""
    if not sent.option:
        return refusals.NO_ANSWER
    if sent.option not in trial.options:
        return refusals.NOT_OFFERED
    if asks_confidence(participant, trial):
        return None if sent.confidence in CONFIDENCE else refusals.NO_CONFIDENCE
    return refusals.NOT_OFFERED if sent.confidence is not None else None


def columns_of(
    participant: Participant, trial: Trial, sent: SentAnswer, now: datetime
) -> dict[str, Any]:
    """Return what an answer to the current trial changes in the participant."""
    has_failed = trial.expected not in ("", sent.option)
    return {
        "n_answered": trial.position,
        "n_failed_checks": participant.n_failed_checks + int(has_failed),
        "finished_at": now if trial.position == participant.n_trials else None,
    }


def _measured(participant: Participant, trial: Trial, sent: SentAnswer, now: datetime) -> Measures:
    """Return what the page measured, within the server's own times.

    Bots do not wait: theirs are the times of invented readers, and taken as they are.
    """
    if participant.simulated:
        return sent.measures
    return sent.measures.within(trial.first_answered_at or trial.shown_at or now, now)


def _store_first(participant: Participant, trial: Trial, sent: SentAnswer) -> bool:
    """Whether this request was the one to store the answer from the image alone."""
    now = timezone.now()
    waiting = Trial.objects.filter(pk=trial.pk, first_option="", response=None)
    return update_once(
        waiting,
        trial,
        first_option=sent.option,
        first_answered_at=now,
        first_times_shown=trial.times_shown,
        # The reply shows the second step.
        times_shown=1,
        **_measured(participant, trial, sent, now).columns("first_"),
    )


def _store(participant: Participant, upcoming: Sequence[Trial], sent: SentAnswer) -> bool:
    """Whether this request was the one to answer the first of these trials.

    The participant's count is claimed by a conditional update, so of two requests at once only one
    goes on to write, and answer, count and finish become visible together.
    """
    now, trial = timezone.now(), upcoming[0]
    with transaction.atomic():
        if not writes.claim(participant, columns_of(participant, trial, sent, now), now):
            return False
        writes.store(
            Response(
                trial=trial,
                option=sent.option,
                position=trial.options.index(sent.option) + 1,
                answered_at=now,
                confidence=sent.confidence,
                **_measured(participant, trial, sent, now).columns(),
            )
        )
        if participant.finished_at is not None:
            Event.objects.create(participant=participant, kind=Event.Kind.FINISH, at=now)
        for following in upcoming[1:2]:
            writes.show(following, now)
    return True


def _compare_with_stored(
    participant: Participant, position: int, step: str, sent: SentAnswer
) -> Taken | Refusal:
    # Compared here, since what a form sends need not be fit for a database query.
    of_trial = Trial.objects.filter(participant=participant, position=position)
    column = "first_option" if step == FIRST else "response__option"
    is_same = bool(sent.option) and sent.option in of_trial.values_list(column, flat=True)
    return Taken.BEFORE if is_same else refusals.ALREADY_ANSWERED
