"""Stores the answers to trials: each once, in order, and before the participant is told so."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from surveys.models import Event, Participant, Response, Trial
from surveys.participation import messages
from surveys.participation.advance import advance
from surveys.participation.messages import Refusal
from surveys.participation.sql import writes
from surveys.protocol.schema import NO_EXPLANATION

FIRST, FINAL = "first", "final"
# From not sure at all to completely sure.
CONFIDENCE = range(1, 6)


class Taken(Enum):
    """What became of an answer that was not refused."""

    # Stored by this request; the participant in hand has moved on.
    NOW = "now"
    # Stored by an earlier request, or by another one in this very moment.
    BEFORE = "before"


@dataclass(frozen=True)
class SentAnswer:
    """What a trial's form carried."""

    option: str
    # Proves that the form was made for this participant, this trial and this step of it.
    form_key: str
    response_time_ms: int | None = None
    hidden_time_ms: int | None = None
    confidence: int | None = None


def form_key(participant: Participant, position: int, step: str = FINAL) -> str:
    """A value that tells nothing, and that no other participant's or trial's form carries."""
    parts = f"{participant.token}/{position}" + ("" if step == FINAL else f"/{step}")
    return salted_hmac("surveys.trial", parts).hexdigest()[:20]


def step_of(participant: Participant, trial: Trial) -> str:
    """Whether the trial is to be answered from the image alone first."""
    condition = participant.condition
    if trial.first_option or trial.kind == Trial.Kind.ATTENTION or condition is None:
        return FINAL
    is_two_step = participant.protocol.trials.two_step
    return FIRST if is_two_step and condition.name != NO_EXPLANATION else FINAL


def asks_confidence(participant: Participant, trial: Trial) -> bool:
    asked = participant.protocol.trials.confidence
    return asked and trial.kind != Trial.Kind.ATTENTION and step_of(participant, trial) == FINAL


def record_answer(
    participant: Participant, position: int, sent: SentAnswer, coming: Sequence[Trial]
) -> Taken | Refusal:
    """Store the answer to the participant's current trial, or say why not.

    `coming` are the current trial and those after it, of which the next one is shown as soon as
    the answer is stored. Sending the same answer again is no mistake, so that a double click
    passes unnoticed.
    """
    steps = [
        step
        for step in (FIRST, FINAL)
        if constant_time_compare(sent.form_key, form_key(participant, position, step))
    ]
    if not steps:
        return messages.STALE_FORM
    if position <= participant.n_answered:
        return _compare_with_stored(participant, position, steps[0], sent)
    if position != participant.n_answered + 1:
        return messages.NOT_YET
    if not sent.option:
        return messages.NO_ANSWER
    if not coming:
        # The participant withdrew in this very moment.
        return messages.STALE_FORM
    if sent.option not in coming[0].options:
        return messages.NOT_OFFERED
    return _record(participant, coming, steps[0], sent)


def _record(
    participant: Participant, coming: Sequence[Trial], step: str, sent: SentAnswer
) -> Taken | Refusal:
    trial = coming[0]
    due = step_of(participant, trial)
    if due == FIRST and step == FINAL:
        return messages.NOT_YET
    if due == FINAL and asks_confidence(participant, trial) and step == FINAL:
        if sent.confidence not in CONFIDENCE:
            return messages.NO_CONFIDENCE
    elif sent.confidence is not None:
        return messages.NOT_OFFERED
    if step == FIRST:
        is_stored = due == FIRST and _store_first(trial, sent)
    else:
        is_stored = _store_answer(participant, coming, sent)
    if is_stored:
        return Taken.NOW
    return _compare_with_stored(participant, trial.position, step, sent)


def _store_first(trial: Trial, sent: SentAnswer) -> bool:
    """Whether this request was the one to store the answer from the image alone."""
    waiting = Trial.objects.filter(pk=trial.pk, first_option="", response=None)
    return advance(
        waiting,
        trial,
        first_option=sent.option,
        first_answered_at=timezone.now(),
        first_response_time_ms=sent.response_time_ms,
        first_hidden_time_ms=sent.hidden_time_ms,
    )


def _store_answer(participant: Participant, coming: Sequence[Trial], sent: SentAnswer) -> bool:
    """Whether this request was the one to answer the first of these trials.

    The participant's count is claimed by a conditional update, so of two requests at once only one
    goes on to write, and answer, count and finish become visible together.
    """
    now, trial = timezone.now(), coming[0]
    has_failed = trial.expected not in ("", sent.option)
    with transaction.atomic():
        if not writes.claim(participant, trial.position, has_failed, now):
            return False
        writes.store(
            Response(
                trial=trial,
                option=sent.option,
                position=trial.options.index(sent.option) + 1,
                answered_at=now,
                response_time_ms=sent.response_time_ms,
                hidden_time_ms=sent.hidden_time_ms,
                confidence=sent.confidence,
            )
        )
        if participant.finished_at is not None:
            Event.objects.create(participant=participant, kind=Event.Kind.FINISH, at=now)
        for following in coming[1:2]:
            writes.show(following, now)
    return True


def _compare_with_stored(
    participant: Participant, position: int, step: str, sent: SentAnswer
) -> Taken | Refusal:
    # Compared here, since what a form carries need not be fit for a database query.
    of_trial = Trial.objects.filter(participant=participant, position=position)
    column = "first_option" if step == FIRST else "response__option"
    is_same = bool(sent.option) and sent.option in of_trial.values_list(column, flat=True)
    return Taken.BEFORE if is_same else messages.ALREADY_ANSWERED
