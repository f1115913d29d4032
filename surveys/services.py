"""Decides what happens to a participant: agreeing, being assigned, beginning, answering."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from pv_engine.models import Item
from surveys import messages
from surveys.assignment import round_robin
from surveys.identity import Visit
from surveys.messages import Refusal
from surveys.models import Condition, Event, Participant, Response, Survey, Trial
from surveys.protocol import CANT_TELL
from surveys.seeds import option_order, question_order

Kind = Event.Kind


@dataclass(frozen=True)
class SentAnswer:
    """What a trial's form carried."""

    option: str
    # Proves that the form was made for this participant and this trial.
    form_key: str
    response_time_ms: int | None = None
    hidden_time_ms: int | None = None


def count_arrival(survey: Survey) -> None:
    Survey.objects.filter(pk=survey.pk).update(arrivals=F("arrivals") + 1)


def consent(survey: Survey, visit: Visit) -> Refusal | None:
    """Store that the visitor agreed, and assign them, once however often the form is sent."""
    try:
        with transaction.atomic():
            return _enrol(survey, visit, timezone.now())
    except IntegrityError:
        # The form was sent twice at once; the other request has enrolled this visitor.
        if Participant.objects.filter(survey=survey, token=visit.token).exists():
            return None
        raise


def _enrol(survey: Survey, visit: Visit, now: datetime) -> Refusal | None:
    """Take the next number and its condition.

    The conditional update locks the survey's row until the transaction ends, so numbers are given
    without gap or repetition however many people arrive at once.
    """
    still_open = Survey.objects.filter(pk=survey.pk, status=Survey.Status.OPEN)
    if not still_open.update(assigned=F("assigned") + 1):
        return messages.CLOSED
    conditions = list(Condition.objects.filter(survey=survey).select_related("survey"))
    number = conditions[0].survey.assigned
    condition = conditions[round_robin([arm.ratio for arm in conditions], number)]
    participant = Participant.objects.create(
        survey=survey,
        token=visit.token,
        simulated=visit.simulated,
        number=number,
        condition=condition,
        arrived_at=min(visit.arrived_at, now),
        consented_at=now,
        assigned_at=now,
        last_active_at=now,
    )
    Event.objects.bulk_create(
        [
            Event(participant=participant, kind=Kind.ARRIVAL, at=participant.arrived_at),
            Event(participant=participant, kind=Kind.CONSENT, at=now),
            Event(
                participant=participant,
                kind=Kind.ASSIGNMENT,
                at=now,
                detail=f"number {number}, {condition.name}",
            ),
        ]
    )
    return None


def begin(participant: Participant) -> None:
    """Leave the introduction: draw and store every trial, once however often it is asked for."""
    now = timezone.now()
    survey = participant.survey
    items = Item.objects.filter(stimulus_set=survey.stimulus_set_id, is_example=False)
    trials = draw_trials(participant, list(items.order_by("position")))
    with transaction.atomic():
        waiting = Participant.objects.filter(pk=participant.pk, introduced_at=None)
        if not waiting.update(introduced_at=now, last_active_at=now, n_trials=len(trials)):
            return
        Trial.objects.bulk_create(trials)
        Event.objects.create(participant=participant, kind=Kind.PAGE, at=now, detail="introduction")


def draw_trials(participant: Participant, items: list[Item]) -> list[Trial]:
    """The participant's trials, as the survey's seed and the participant's number have it."""
    if participant.number is None:
        raise ValueError("A participant without a number has no trials yet.")
    survey, number = participant.survey, participant.number
    by_name = {item.name: item for item in items}
    kind = survey.texts.question_order
    order = question_order(list(by_name), kind, survey.seed, number)
    return [
        Trial(
            participant=participant,
            position=position,
            item=by_name[name],
            options=option_order(
                [*by_name[name].options, CANT_TELL], survey.seed, number, position
            ),
        )
        for position, name in enumerate(order, start=1)
    ]


def form_key(participant: Participant, position: int) -> str:
    """A value that tells nothing, and that no other participant's or trial's form carries."""
    return salted_hmac("surveys.trial", f"{participant.token}/{position}").hexdigest()[:20]


def mark_shown(trial: Trial) -> None:
    if trial.shown_at is None:
        Trial.objects.filter(pk=trial.pk, shown_at=None).update(shown_at=timezone.now())


def record_answer(participant: Participant, position: int, sent: SentAnswer) -> Refusal | None:
    """Store the answer to the participant's current trial, or say why not.

    Sending the same answer again is no mistake, so that a double click passes unnoticed.
    """
    if not constant_time_compare(sent.form_key, form_key(participant, position)):
        return messages.STALE_FORM
    if position <= participant.n_answered:
        return _compare_with_first_answer(participant, position, sent)
    if position != participant.n_answered + 1:
        return messages.NOT_YET
    if not sent.option:
        return messages.NO_ANSWER
    trial = Trial.objects.get(participant=participant, position=position)
    if sent.option not in trial.options:
        return messages.NOT_OFFERED
    if not _store_answer(participant, trial, sent):
        return _compare_with_first_answer(participant, position, sent)
    return None


def _store_answer(participant: Participant, trial: Trial, sent: SentAnswer) -> bool:
    """Whether this request was the one to answer the trial.

    The participant's count is claimed by a conditional update, so of two requests at once only one
    goes on to write, and answer, count and finish become visible together.
    """
    now = timezone.now()
    is_last = trial.position == participant.n_trials
    finished = {"finished_at": now} if is_last else {}
    with transaction.atomic():
        unanswered = Participant.objects.filter(
            pk=participant.pk, n_answered=trial.position - 1, finished_at=None
        )
        if not unanswered.update(n_answered=trial.position, last_active_at=now, **finished):
            return False
        Response.objects.create(
            trial=trial,
            option=sent.option,
            position=trial.options.index(sent.option) + 1,
            answered_at=now,
            response_time_ms=sent.response_time_ms,
            hidden_time_ms=sent.hidden_time_ms,
        )
        if is_last:
            Event.objects.create(participant=participant, kind=Kind.FINISH, at=now)
    return True


def _compare_with_first_answer(
    participant: Participant, position: int, sent: SentAnswer
) -> Refusal | None:
    # Compared here, since what a form carries need not be fit for a database query.
    stored = Response.objects.filter(trial__participant=participant, trial__position=position)
    is_same = sent.option in stored.values_list("option", flat=True)
    return None if is_same else messages.ALREADY_ANSWERED
