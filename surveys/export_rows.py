"""The rows of the exported tables, one stored row at a time."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

from pv_engine.models import Item
from surveys.models import Event, Participant, Response, Survey, Trial
from surveys.protocol import CANT_TELL

Cell = str | int | None
# Rows fetched from the database at a time.
CHUNK = 2000


def trial_rows(survey: Survey) -> Iterator[list[Cell]]:
    trials = (
        Trial.objects.filter(participant__survey=survey)
        .select_related("participant__condition", "item", "response")
        .order_by("participant__number", "position")
    )
    for trial in trials.iterator(CHUNK):
        response = getattr(trial, "response", None)
        yield [
            participant_id(trial.participant.token),
            _name(trial.participant),
            trial.position,
            trial.item.name,
            trial.item.stratum,
            trial.item.prediction,
            ";".join(trial.item.true_labels),
            ";".join(trial.options),
            *_response_cells(trial, response),
            int(trial.participant.simulated),
        ]


def _response_cells(trial: Trial, response: Response | None) -> list[Cell]:
    if response is None:
        return [None] * 8
    return [
        response.option,
        response.position,
        int(response.option == trial.item.prediction),
        int(response.option in trial.item.true_labels),
        int(response.option == CANT_TELL),
        response.response_time_ms,
        response.hidden_time_ms,
        _time(response.answered_at),
    ]


def participant_rows(survey: Survey) -> Iterator[list[Cell]]:
    everybody = Participant.objects.filter(survey=survey).select_related("condition")
    for person in everybody.order_by("number").iterator(CHUNK):
        yield [
            participant_id(person.token),
            person.number,
            _name(person),
            _time(person.arrived_at),
            _time(person.consented_at),
            _time(person.assigned_at),
            _time(person.finished_at),
            _status(person),
            person.n_trials,
            person.n_answered,
            int(person.simulated),
        ]


def item_rows(survey: Survey) -> Iterator[list[Cell]]:
    items = Item.objects.filter(stimulus_set=survey.stimulus_set_id, is_example=False)
    for item in items.order_by("position"):
        yield [
            item.name,
            item.position,
            item.stratum,
            item.prediction,
            ";".join(item.true_labels),
            ";".join(item.options),
        ]


def event_rows(survey: Survey) -> Iterator[list[Cell]]:
    events = Event.objects.filter(participant__survey=survey).select_related("participant")
    for event in events.order_by("pk").iterator(CHUNK):
        yield [participant_id(event.participant.token), event.kind, _time(event.at), event.detail]


def participant_id(token: str) -> str:
    """A participant's name in an export: always the same, and no way back to the cookie."""
    return f"p-{hashlib.sha256(f'export/{token}'.encode()).hexdigest()[:16]}"


def _name(participant: Participant) -> str:
    return participant.condition.name if participant.condition else ""


def _status(participant: Participant) -> str:
    if participant.finished_at is not None:
        return "finished"
    return "in_trials" if participant.introduced_at is not None else "in_introduction"


def _time(moment: datetime | None) -> str:
    """UTC, to the millisecond."""
    if moment is None:
        return ""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
