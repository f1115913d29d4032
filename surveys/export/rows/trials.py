"""The rows of the tables of trials and of their answers, one stored row at a time."""

from collections.abc import Iterator
from typing import Any

from pv_engine.models import Item
from surveys.export.rows.cells import CHUNK, Cell, participant_id, time_cell
from surveys.models import Answer, Participant, Survey, Trial
from surveys.protocol.questions.kind import CANT_TELL
from surveys.protocol.schema import Protocol
from surveys.protocol.task import Task

# Participants whose trials are fetched at a time.
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
        time_cell(trial.shown_at),
        trial.response__response_time_ms,
        *(getattr(trial, name) for name in MEASURED),
        time_cell(trial.first_answered_at),
        *(getattr(trial, name) for name in FIRST_MEASURED),
    ]


def _task_cells(trial: Any, item: Item) -> list[Cell]:
    return [item.key, time_cell(trial.missed_at)]


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
        time_cell(trial.response__answered_at),
    ]
