"""The rows of the exported tables, one stored row at a time."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

from pv_engine.models import Item
from surveys.models import Event, PanelIdentity, Participant, Response, Survey, Trial
from surveys.outcomes import completion_code, outcome_of
from surveys.protocol import CANT_TELL

Cell = str | int | None
# Rows fetched from the database at a time.
CHUNK = 2000


def trial_rows(survey: Survey) -> Iterator[list[Cell]]:
    """The questions of the study, without checks and repeated questions."""
    for trial in _trials(survey, [Trial.Kind.MAIN]):
        yield _trial_cells(trial)


def extra_trial_rows(survey: Survey) -> Iterator[list[Cell]]:
    for trial in _trials(survey, [Trial.Kind.ATTENTION, Trial.Kind.REPEAT]):
        response = getattr(trial, "response", None)
        is_judged = response is not None and trial.kind == Trial.Kind.ATTENTION
        passed = int(response.option == trial.expected) if is_judged and response else None
        yield [*_trial_cells(trial), trial.kind, trial.expected, passed]


def _trials(survey: Survey, kinds: list[Trial.Kind]) -> Iterator[Trial]:
    trials = (
        Trial.objects.filter(participant__survey=survey, kind__in=kinds)
        .select_related("participant__condition", "item", "response")
        .order_by("participant__number", "position")
    )
    return trials.iterator(CHUNK)


def _trial_cells(trial: Trial) -> list[Cell]:
    response = getattr(trial, "response", None)
    first = trial.first_option
    return [
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
        response.confidence if response else None,
        first,
        int(first == trial.item.prediction) if first else None,
        trial.first_response_time_ms,
        trial.first_hidden_time_ms,
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
    protocol = survey.texts
    for person in everybody.order_by("number", "pk").iterator(CHUNK):
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
            person.place,
            person.language,
            person.consent_version,
            person.comprehension_tries,
            person.n_failed_checks,
            _time(person.withdrawn_at),
            outcome_of(person, protocol),
        ]


def questionnaire_rows(survey: Survey) -> Iterator[list[Cell]]:
    questions = [question for page in survey.texts.questionnaire for question in page.questions]
    everybody = Participant.objects.filter(survey=survey).exclude(questionnaire={})
    for person in everybody.order_by("number").iterator(CHUNK):
        for question in questions:
            answer = person.questionnaire.get(question.name)
            if answer is not None:
                text = ";".join(answer) if isinstance(answer, list) else str(answer)
                yield [participant_id(person.token), question.name, text]


def panel_rows(survey: Survey) -> Iterator[list[Cell]]:
    identities = PanelIdentity.objects.filter(survey=survey).select_related("participant")
    for identity in identities.order_by("participant__number", "pk").iterator(CHUNK):
        outcome = outcome_of(identity.participant, survey.texts)
        yield [
            participant_id(identity.participant.token),
            identity.panel_id,
            identity.study_id,
            identity.session_id,
            outcome,
            completion_code(survey.texts, outcome),
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
    if participant.withdrawn_at is not None:
        return "withdrawn"
    if participant.turned_away:
        return participant.turned_away
    if participant.finished_at is not None:
        return "finished"
    return "in_trials" if participant.introduced_at is not None else "in_introduction"


def _time(moment: datetime | None) -> str:
    """UTC, to the millisecond."""
    if moment is None:
        return ""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
