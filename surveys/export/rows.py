"""The rows of the exported tables, one stored row at a time."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from operator import eq
from typing import Any

from pv_engine.models import Item
from surveys.export.pay import Earned, amount_of, find_earned
from surveys.models import Answer, Event, Exclusion, PanelIdentity, Participant, Survey, Trial
from surveys.participation.flow import outcome_of
from surveys.participation.leaving.outcomes import Outcome, completion_code
from surveys.participation.shown.plates import NUMBERS
from surveys.protocol.design.pages import shown_pages
from surveys.protocol.questions.kind import CANT_TELL
from surveys.protocol.schema import Protocol
from surveys.protocol.task import Task
from surveys.studies.item_drops import find_drops
from surveys.studies.protocols.versions import know_protocol, protocols_by_version

Cell = str | int | None
# Rows fetched from the database at a time, and participants whose trials are.
CHUNK = 2000
PORTION = 200
EXTRA_KINDS = [Trial.Kind.ATTENTION, Trial.Kind.REPEAT, Trial.Kind.EXAMPLE]
# In the order of `columns.MEASURED`, of the answer and of the first step of two.
MEASURED = (
    "times_shown",
    "response__chosen_ms",
    "response__n_changes",
    "response__timed_by",
    "response__images_failed",
)
FIRST_MEASURED = tuple(f"first_{name.removeprefix('response__')}" for name in MEASURED)
TRIAL_FIELDS = (
    "participant__token",
    "participant__condition__name",
    "condition",
    "block",
    "participant__simulated",
    "position",
    "item_id",
    "options",
    "kind",
    "expected",
    "first_option",
    "first_response_time_ms",
    "first_hidden_time_ms",
    "response__option",
    "response__position",
    "response__response_time_ms",
    "response__hidden_time_ms",
    "response__answered_at",
    "response__confidence",
    "shown_at",
    "missed_at",
    "first_answered_at",
    *MEASURED,
    *FIRST_MEASURED,
)


def trial_rows(survey: Survey) -> Iterator[list[Cell]]:
    """The questions of the study, without checks and repeated questions."""
    items = _items(survey)
    for trial in _trials(survey, [Trial.Kind.MAIN]):
        item = items[trial.item_id]
        yield [*_trial_cells(trial, item), *_design_cells(survey.protocol, trial, item)]


def extra_trial_rows(survey: Survey) -> Iterator[list[Cell]]:
    items = _items(survey)
    for trial in _trials(survey, EXTRA_KINDS):
        is_judged = trial.response__option is not None and trial.kind == Trial.Kind.ATTENTION
        passed = int(trial.response__option == trial.expected) if is_judged else None
        item = items[trial.item_id]
        extra = [*_trial_cells(trial, item), trial.kind, trial.expected, passed]
        yield [*extra, *_design_cells(survey.protocol, trial, item)]


def _design_cells(protocol: Protocol, trial: Any, item: Item) -> list[Cell]:
    """What blocks and a task of its own add to a trial."""
    block: list[Cell] = [trial.block] if protocol.parts else []
    return [*block, *(_task_cells(trial, item) if protocol.task != Task() else ())]


def answer_rows(survey: Survey) -> Iterator[list[Cell]]:
    """The answers to further questions, but for those that were typed."""
    return _answer_rows(survey, is_free=False)


def text_answer_rows(survey: Survey) -> Iterator[list[Cell]]:
    return _answer_rows(survey, is_free=True)


def _answer_rows(survey: Survey, is_free: bool) -> Iterator[list[Cell]]:
    asked = {
        row.name: row.behaviour
        for row in survey.protocol.task.further
        if row.behaviour.is_free == is_free
    }
    answers = Answer.objects.filter(trial__participant__survey=survey, name__in=asked)
    ordered = answers.order_by("trial__participant__number", "trial__position", "pk")
    fields = ("trial__participant__token", "trial__position", "name", "value")
    for token, position, name, value in ordered.values_list(*fields).iterator(CHUNK):
        yield [participant_id(token), position, name, asked[name].as_text(value)]


def _items(survey: Survey) -> dict[int, Item]:
    """Items and examples by their key: few, and asked about in every other row."""
    return {item.pk: item for item in Item.objects.filter(stimulus_set=survey.stimulus_set_id)}


def _trials(survey: Survey, kinds: list[Trial.Kind]) -> Iterator[Any]:
    """Named tuples of `TRIAL_FIELDS`; a million model instances would take minutes.

    Some participants' trials at a time, by the index on participants: one query for all would have
    the database sort a million joined rows, or worse.
    """
    people = Participant.objects.filter(survey=survey, number__isnull=False).order_by("number")
    keys = list(people.values_list("pk", flat=True))
    for first in range(0, len(keys), PORTION):
        portion = keys[first : first + PORTION]
        trials = Trial.objects.filter(participant__in=portion, kind__in=kinds)
        ordered = trials.order_by("participant__number", "position")
        yield from ordered.values_list(*TRIAL_FIELDS, named=True)


def _trial_cells(trial: Any, item: Item) -> list[Cell]:
    first = trial.first_option
    return [
        participant_id(trial.participant__token),
        trial.condition or trial.participant__condition__name,
        trial.position,
        item.name,
        item.stratum,
        item.prediction,
        ";".join(item.true_labels),
        ";".join(trial.options),
        *_response_cells(trial, item),
        int(trial.participant__simulated),
        trial.response__confidence,
        first,
        int(first == item.key) if first else None,
        trial.first_response_time_ms,
        trial.first_hidden_time_ms,
        _time(trial.shown_at),
        trial.response__response_time_ms,
        *(getattr(trial, name) for name in MEASURED),
        _time(trial.first_answered_at),
        *(getattr(trial, name) for name in FIRST_MEASURED),
    ]


def _task_cells(trial: Any, item: Item) -> list[Cell]:
    return [item.key, _time(trial.missed_at)]


def _response_cells(trial: Any, item: Item) -> list[Cell]:
    option = trial.response__option
    if option is None:
        return [None] * 8
    return [
        option,
        trial.response__position,
        int(option == item.key),
        int(option in item.true_labels),
        int(option == CANT_TELL),
        trial.response__response_time_ms,
        trial.response__hidden_time_ms,
        _time(trial.response__answered_at),
    ]


def participant_rows(survey: Survey) -> Iterator[list[Cell]]:
    everybody = Participant.objects.filter(survey=survey).select_related("condition")
    protocols = protocols_by_version(survey)
    numbers = dict(survey.versions.values_list("pk", "number"))
    for person in everybody.order_by("number", "pk").iterator(CHUNK):
        protocol = know_protocol(person, survey, protocols)
        yield [
            participant_id(person.token),
            person.number,
            person.group,
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
            numbers.get(person.version_id or 0),
            int(survey.is_pilot),
            *_device_cells(person, survey.protocol),
        ]


def _device_cells(person: Participant, protocol: Protocol) -> list[Cell]:
    cells: list[Cell] = []
    if protocol.device.record:
        cells += [person.device.get(name) for name in ("picture_width", "pixel_ratio", "input")]
    if protocol.device.colour_plates:
        read = person.device.get("plates")
        right = None if read is None else sum(map(eq, read, NUMBERS))
        cells += ["" if read is None else ";".join(each or "-" for each in read), right]
    return cells


def questionnaire_rows(survey: Survey) -> Iterator[list[Cell]]:
    names = [
        shown.stored_name(question)
        for shown in shown_pages(survey.protocol)
        for question in shown.page.questions
    ]
    everybody = Participant.objects.filter(survey=survey).exclude(questionnaire={})
    for person in everybody.order_by("number").iterator(CHUNK):
        for name in names:
            answer = person.questionnaire.get(name)
            if answer is not None:
                text = ";".join(answer) if isinstance(answer, list) else str(answer)
                yield [participant_id(person.token), name, text]


def exclusion_rows(survey: Survey) -> Iterator[list[Cell]]:
    excluded = Exclusion.objects.filter(participant__survey=survey)
    for row in excluded.select_related("participant").order_by("participant__number"):
        name = participant_id(row.participant.token)
        yield [name, row.reason, _time(row.at), int(row.while_blind)]


def panel_rows(survey: Survey) -> Iterator[list[Cell]]:
    everybody = PanelIdentity.objects.filter(survey=survey, participant__withdrawn_at=None)
    identities = everybody.select_related("participant")
    protocols = protocols_by_version(survey)
    earned = find_earned(survey) if survey.protocol.pay.is_set else None
    for identity in identities.order_by("participant__number", "pk").iterator(CHUNK):
        protocol = know_protocol(identity.participant, survey, protocols)
        outcome = outcome_of(identity.participant, protocol)
        yield [
            participant_id(identity.participant.token),
            identity.panel_id,
            identity.study_id,
            identity.session_id,
            outcome,
            completion_code(protocol, outcome),
            *(
                []
                if earned is None
                else _pay_cells(identity.participant_id, protocol, outcome, earned)
            ),
        ]


def _pay_cells(
    participant: int, protocol: Protocol, outcome: Outcome, earned: dict[int, Earned]
) -> list[Cell]:
    own = earned.get(participant, Earned())
    is_paid = outcome is Outcome.COMPLETE
    amount = amount_of(protocol.pay, own) if is_paid else None
    return [own.n_correct, amount, protocol.pay.currency]


def item_rows(survey: Survey) -> Iterator[list[Cell]]:
    items = Item.objects.filter(stimulus_set=survey.stimulus_set_id, is_example=False)
    drops = find_drops(survey)
    for item in items.order_by("position"):
        yield [
            item.name,
            item.position,
            item.stratum,
            item.prediction,
            ";".join(item.true_labels),
            ";".join(item.options),
            drops[item.pk].reason if item.pk in drops else None,
        ]


def event_rows(survey: Survey) -> Iterator[list[Cell]]:
    events = Event.objects.filter(participant__survey=survey).order_by("pk")
    fields = ("participant__token", "kind", "at", "detail")
    for token, kind, moment, detail in events.values_list(*fields).iterator(CHUNK):
        yield [participant_id(token), kind, _time(moment), detail]


def participant_id(token: str) -> str:
    """A participant's name in an export: always the same, and no way back to the cookie."""
    return f"p-{hashlib.sha256(f'export/{token}'.encode()).hexdigest()[:16]}"


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
