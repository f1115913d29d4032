"""Fills the database with a finished survey of any size, in bulk and from a seed."""

import hashlib
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from pv_engine.models import Item, StimulusSet
from surveys.errors import BotError
from surveys.models import Condition, Event, Participant, Response, Survey, Trial
from surveys.protocol.questions.kind import CANT_TELL
from surveys.protocol.schema import Protocol, ProtocolCondition

LABELS = ("boat", "fish", "house", "tree", "car", "bird", "clock", "lamp")
CONDITIONS = ("gradcam", "pv")
START = datetime(2026, 1, 1, tzinfo=UTC)
# Participants whose rows are made and written at a time.
PORTION = 500
EVENTS = (
    Event.Kind.ARRIVAL, Event.Kind.CONSENT, Event.Kind.ASSIGNMENT, Event.Kind.PAGE,
    Event.Kind.FINISH,
)  # fmt: skip


def make_large_survey(slug: str, participants: int, trials: int, seed: int) -> Survey:
    """A closed survey whose simulated participants have all answered every trial.

    One that is there already is used again. Raises BotError where it has another size.
    """
    stored = Survey.objects.filter(slug=slug).first()
    if stored is not None:
        if (
            stored.participants.count() != participants
            or stored.stimulus_set.items.count() != trials
        ):
            raise BotError(f"There is another survey {slug!r}; use a database of its own.")
        return stored
    drawer = random.Random(seed)  # noqa: S311 - invented answers, no secrets
    survey = _survey(slug, trials, seed)
    items = _items(survey.stimulus_set, trials, drawer)
    conditions = [
        Condition.objects.create(survey=survey, name=name, position=place)
        for place, name in enumerate(CONDITIONS, start=1)
    ]
    for numbers in _portions(participants):
        people = Participant.objects.bulk_create(
            _participant(survey, conditions, number, trials, seed) for number in numbers
        )
        Event.objects.bulk_create(
            Event(participant=person, kind=kind, at=person.arrived_at)
            for person in people
            for kind in EVENTS
        )
        asked = Trial.objects.bulk_create(
            trial for person in people for trial in _trials(person, items, drawer)
        )
        Response.objects.bulk_create(_response(trial, drawer) for trial in asked)
    _analyse_tables()
    return survey


def _analyse_tables() -> None:
    """Let the database count what it holds, as it does by itself in a study that grows slowly."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _portions(participants: int) -> Iterator[range]:
    for first in range(1, participants + 1, PORTION):
        yield range(first, min(first + PORTION, participants + 1))


def _survey(slug: str, trials: int, seed: int) -> Survey:
    content = hashlib.sha256(f"{slug}/{trials}/{seed}".encode()).hexdigest()
    protocol = Protocol(
        slug=slug,
        title="A large survey",
        stimulus_set=content,
        seed=seed,
        conditions=tuple(ProtocolCondition(name) for name in CONDITIONS),
    )
    return Survey.objects.create(
        slug=slug,
        title="A large survey",
        protocol_json=protocol.as_json(),
        protocol_sha256=content,
        stimulus_set=StimulusSet.objects.create(
            content_sha256=content, name="benchmark", manifest={}
        ),
        seed=seed,
        status=Survey.Status.CLOSED,
    )


def _items(stimulus_set: StimulusSet, n: int, drawer: random.Random) -> list[Item]:
    def item(position: int) -> Item:
        options = drawer.sample(LABELS, 4)
        is_wrong = position % 2
        return Item(
            stimulus_set=stimulus_set,
            name=f"item-{position:02d}",
            position=position,
            stratum="model_wrong" if is_wrong else "model_right",
            prediction=options[0],
            true_labels=[options[1 if is_wrong else 0]],
            options=options,
        )

    return Item.objects.bulk_create(item(position) for position in range(1, n + 1))


def _participant(
    survey: Survey, conditions: list[Condition], number: int, trials: int, seed: int
) -> Participant:
    arrived = START + timedelta(seconds=number)
    return Participant(
        survey=survey,
        token=hashlib.sha256(f"{survey.slug}/{seed}/{number}".encode()).hexdigest(),
        number=number,
        condition=conditions[number % len(conditions)],
        place=(number + 1) // len(conditions),
        simulated=True,
        n_trials=trials,
        n_answered=trials,
        arrived_at=arrived,
        consented_at=arrived,
        assigned_at=arrived,
        introduced_at=arrived,
        last_active_at=arrived,
        finished_at=arrived + timedelta(minutes=10),
    )


def _trials(person: Participant, items: list[Item], drawer: random.Random) -> Iterator[Trial]:
    order = drawer.sample(items, len(items))
    for position, item in enumerate(order, start=1):
        options = [*drawer.sample(item.options, 4), CANT_TELL]
        yield Trial(participant=person, position=position, item=item, options=options)


def _response(trial: Trial, drawer: random.Random) -> Response:
    position = drawer.randrange(5)
    return Response(
        trial=trial,
        option=trial.options[position],
        position=position + 1,
        answered_at=START + timedelta(milliseconds=drawer.randrange(10**9)),
        response_time_ms=drawer.randrange(500, 20_000),
        hidden_time_ms=0,
    )


def counts_of(survey: Survey) -> dict[str, Any]:
    """How many rows of each kind the survey has."""
    return {
        "n_participants": survey.participants.count(),
        "n_responses": Response.objects.filter(trial__participant__survey=survey).count(),
        "n_events": Event.objects.filter(participant__survey=survey).count(),
    }
