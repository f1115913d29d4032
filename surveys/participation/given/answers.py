"""Stores the answers to trials: each once, in order, and before the next page is sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from surveys.models import Answer, Event, Participant, Response, Trial
from surveys.participation import refusals
from surveys.participation.given.measures import Measures
from surveys.participation.given.page_events import counted_events
from surveys.participation.refusals import Refusal
from surveys.participation.shown.questions import further_asked, option_sent
from surveys.participation.sql import writes
from surveys.participation.update_once import update_once
from surveys.protocol.questions.kind import NotOfferedError
from surveys.protocol.schema import CONFIDENCE, NO_EXPLANATION

FIRST, FINAL = "first", "final"
# For the way of an answer that was sent in time.
GRACE = timedelta(seconds=3)


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
    # What the page says of its device.
    device: dict[str, Any] = field(default_factory=dict)
    # With the answers to further questions.
    fields: QueryDict = field(default_factory=QueryDict)
    # Whether the page itself sent it when the time was over.
    is_timed_out: bool = False


@dataclass(frozen=True)
class Judged:
    """Answers that may be stored: the option, and the values of further questions by name."""

    option: str
    further: dict[str, Any]


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
    if is_out_of_time(participant, trial, sent.is_timed_out):
        return Taken.NOW if miss(participant, upcoming) else Taken.BEFORE
    due = step_of(participant, trial)
    if step != due:
        if step == FINAL:
            return refusals.NOT_YET
        return _compare_with_stored(participant, trial.position, step, sent)
    judged = judge(participant, trial, sent)
    if isinstance(judged, Refusal):
        return judged
    is_stored = (
        _store_first(participant, trial, sent, judged)
        if step == FIRST
        else _store(participant, upcoming, sent, judged)
    )
    if is_stored:
        return Taken.NOW
    return _compare_with_stored(participant, trial.position, step, sent)


def judge(participant: Participant, trial: Trial, sent: SentAnswer) -> Judged | Refusal:
    """Return the answers to all questions of the trial as it stands, or what is wrong with them."""
    if not sent.option:
        return refusals.NO_ANSWER
    option = option_sent(participant.protocol, trial.options, sent.option)
    if not option:
        return refusals.NOT_OFFERED
    if _is_too_early(participant, trial):
        return refusals.TOO_EARLY
    further = _judge_further(participant, trial, sent.fields)
    return further if isinstance(further, Refusal) else Judged(option, further)


def _judge_further(
    participant: Participant, trial: Trial, fields: QueryDict
) -> dict[str, Any] | Refusal:
    protocol, number = participant.protocol, participant.number or 0
    asked = []
    if step_of(participant, trial) == FINAL:
        asked = further_asked(protocol, trial, participant.survey.seed, number)
    if fields.get(CONFIDENCE) and CONFIDENCE not in {each.field_name for _, each in asked}:
        return refusals.NOT_OFFERED
    values: dict[str, Any] = {}
    for question, each in asked:
        is_confidence = each.field_name == CONFIDENCE
        try:
            value = question.behaviour.read(each, fields)
        except NotOfferedError:
            return refusals.NO_CONFIDENCE if is_confidence else refusals.NOT_OFFERED
        if value is None and each.required:
            return refusals.NO_CONFIDENCE if is_confidence else refusals.NOT_ALL_ANSWERED
        if value is not None:
            values[question.name] = value
    return values


def _is_too_early(participant: Participant, trial: Trial) -> bool:
    """Whether the least time has not gone by; bots do not wait."""
    least = timedelta(seconds=participant.protocol.task.minimum_seconds)
    begun = _begun_at(trial)
    if not least or begun is None or participant.simulated or trial.kind == Trial.Kind.ATTENTION:
        return False
    return timezone.now() - begun < least


def is_out_of_time(participant: Participant, trial: Trial, is_timed_out: bool = False) -> bool:
    """Whether the time for the trial's answer is over; the server's clock decides.

    `is_timed_out` says that the page itself found so, and that no answer is under way.
    """
    limit = timedelta(seconds=participant.protocol.task.limit_seconds)
    begun = _begun_at(trial)
    if not limit or begun is None or participant.simulated or trial.kind == Trial.Kind.ATTENTION:
        return False
    return timezone.now() - begun >= limit + (timedelta() if is_timed_out else GRACE)


def _begun_at(trial: Trial) -> datetime | None:
    """When the page that is to be answered was first sent."""
    return trial.first_answered_at or trial.shown_at


def columns_of(
    participant: Participant, trial: Trial, option: str, now: datetime
) -> dict[str, Any]:
    """Return what an answer to the current trial, or its missing, changes in the participant."""
    has_failed = trial.expected not in ("", option)
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


def _store_first(participant: Participant, trial: Trial, sent: SentAnswer, judged: Judged) -> bool:
    """Whether this request was the one to store the answer from the image alone."""
    now = timezone.now()
    waiting = Trial.objects.filter(pk=trial.pk, first_option="", response=None)
    columns = {
        "first_option": judged.option,
        "first_answered_at": now,
        "first_times_shown": trial.times_shown,
        # The reply shows the second step.
        "times_shown": 1,
        **_measured(participant, trial, sent, now).columns("first_"),
    }
    changed = counted_events(participant, sent.fields)
    with transaction.atomic():
        is_first = update_once(waiting, trial, **columns)
        if is_first and changed:
            still_there = Participant.objects.filter(pk=participant.pk, withdrawn_at=None)
            update_once(still_there, participant, device={**participant.device, **changed})
    return is_first


def _store(
    participant: Participant, upcoming: Sequence[Trial], sent: SentAnswer, judged: Judged
) -> bool:
    """Whether this request was the one to answer the first of these trials.

    The participant's count is claimed by a conditional update, so of two requests at once only one
    goes on to write, and answer, count and finish become visible together.
    """
    now, trial = timezone.now(), upcoming[0]
    values = dict(judged.further)
    asks = participant.protocol.trials.confidence
    confidence = values.pop(CONFIDENCE, None) if asks else None
    response = Response(
        trial=trial,
        option=judged.option,
        position=trial.options.index(judged.option) + 1,
        answered_at=now,
        confidence=confidence,
        **_measured(participant, trial, sent, now).columns(),
    )
    columns = columns_of(participant, trial, judged.option, now) | _device(participant, sent)
    with transaction.atomic():
        if not _claim(participant, columns, now, writes.store(response), upcoming):
            return False
        if values:
            rows = [Answer(trial=trial, name=name, value=value) for name, value in values.items()]
            Answer.objects.bulk_create(rows)
    return True


def _device(participant: Participant, sent: SentAnswer) -> dict[str, Any]:
    """What changes of the device, noted once, and of the page's events, where asked."""
    known = dict(participant.device)
    if participant.protocol.device.record and "picture_width" not in known:
        known |= sent.device
    known |= counted_events(participant, sent.fields)
    return {"device": known} if known != participant.device else {}


def miss(participant: Participant, upcoming: Sequence[Trial]) -> bool:
    """Close the first of these trials without an answer, unless another request was first."""
    now, trial = timezone.now(), upcoming[0]
    columns = columns_of(participant, trial, "", now)
    with transaction.atomic():
        return _claim(participant, columns, now, writes.miss(trial, now), upcoming)


def _claim(
    participant: Participant,
    columns: dict[str, Any],
    now: datetime,
    outcome: writes.Write,
    upcoming: Sequence[Trial],
) -> bool:
    """Store the outcome of the first of these trials, and that the next one is shown.

    Nothing is stored where another request was first; the given participant changes along with
    the stored row. To be called in a transaction.
    """
    following = [writes.show(trial, now) for trial in upcoming[1:2]]
    if not writes.run(writes.claim(participant, columns, now), outcome, *following):
        transaction.set_rollback(True)
        return False
    for name, value in {**columns, "last_active_at": now}.items():
        setattr(participant, name, value)
    if participant.finished_at is not None:
        Event.objects.create(participant=participant, kind=Event.Kind.FINISH, at=now)
    return True


def _compare_with_stored(
    participant: Participant, position: int, step: str, sent: SentAnswer
) -> Taken | Refusal:
    # Compared here, since what a form sends need not be fit for a database query.
    of_trial = Trial.objects.filter(participant=participant, position=position)
    column = "first_option" if step == FIRST else "response__option"
    for stored, options, missed_at in of_trial.values_list(column, "options", "missed_at"):
        option = option_sent(participant.protocol, options, sent.option)
        if missed_at is not None or (option and option == stored):
            return Taken.BEFORE
    return refusals.ALREADY_ANSWERED
