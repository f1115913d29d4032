"""The two queries of every page of a participant, whose SQL Django composes once.

Composing the SQL of a query set takes Django several times as long as sending it and reading the
answer. A page's query is always the same but for its values, so it is composed with a mark in the
place of each value, and from then on only the values are put in.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import F, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from surveys.models import Participant, Trial
from surveys.participation.people.identity import Visit
from surveys.participation.shown.images import Pictures, find_pictures, pictures_of
from surveys.protocol.task import Task

Row = TypeVar("Row")


@dataclass(frozen=True)
class _Composed(Generic[Row]):
    queryset: "QuerySet[Any, Row]"
    compiler: SQLCompiler
    sql: str
    # Marks in the places of values, and values that are always the same.
    params: tuple[Any, ...]


class ComposedOnce(Generic[Row]):
    """A query set with open values: `build` makes it of the marks, `rows` asks it with values.

    Each mark is a value of the right type that stands nowhere else in the query; text or a small
    number. A value that changes the SQL itself, as None does, cannot be put in for a mark.
    """

    def __init__(self, build: "Callable[..., QuerySet[Any, Row]]", **marks: str | int) -> None:
        self.build, self.marks = build, marks
        self._composed: _Composed[Row] | None = None

    def rows(self, **values: str | int) -> list[Row]:
        """What the database answers now. Raises TypeError unless each mark is given a value."""
        if values.keys() != self.marks.keys() or None in values.values():
            raise TypeError(f"Values are needed for {', '.join(self.marks)}, and none may be None.")
        composed = self._composed or self._compose()
        put_in = {self.marks[name]: value for name, value in values.items()}
        compiler = copy(composed.compiler)
        # Each thread has a connection of its own.
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        replayed = composed.sql, tuple(put_in.get(param, param) for param in composed.params)
        compiler.as_sql = lambda *_, **__: replayed  # type: ignore[method-assign]
        queryset = composed.queryset.all()
        queryset.query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        return list(queryset)

    def _compose(self) -> _Composed[Row]:
        queryset = self.build(**self.marks)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        for name, mark in self.marks.items():
            if mark not in params:
                raise ValueError(f"The query does not have the value of {name}.")
        self._composed = _Composed(queryset, compiler, sql, tuple(params))
        return self._composed


def find_participant(visit: Visit | None, slug: str) -> Participant | None:
    """Return the participant of a browser, with survey and condition, in one query."""
    if visit is None:
        return None
    found = _PARTICIPANTS.rows(token=visit.token, slug=slug)
    for participant in found:
        participant.panel_id = visit.panel_id
    return found[0] if found else None


def _participants(token: str, slug: str) -> "QuerySet[Participant]":
    everything = Participant.objects.select_related("survey", "condition")
    # In no order: there is one at most, and sorting would look up the survey's age.
    return everything.filter(token=token, survey__slug=slug).order_by()


_PARTICIPANTS = ComposedOnce(_participants, token="token?", slug="slug?")  # noqa: S106 - a mark


@dataclass(frozen=True)
class UpcomingTrial:
    """A trial and the images that it shows."""

    trial: Trial
    pictures: Pictures


def upcoming_trials(participant: Participant, count: int) -> list[UpcomingTrial]:
    """Return the participant's current trial and those after it: `count`, or fewer near the end."""
    if participant.condition is None:
        return []
    first = participant.n_answered + 1
    if participant.rehearsed_trials is not None:
        trials = participant.rehearsed_trials[first - 1 : first - 1 + count]
        return [_rehearsed(trial, participant) for trial in trials]
    task, is_in_blocks = participant.protocol.task, bool(participant.protocol.parts)
    # Each trial of a study in blocks has a condition of its own.
    is_any = task.picks_item_pictures or is_in_blocks
    kinds = [] if is_any else _kinds(task, participant.group)
    rows = _images_of_trials(len(kinds), task.needs_item).rows(
        participant=participant.pk,
        first=first,
        last=first + count - 1,
        **{f"kind_{index}": kind for index, kind in enumerate(kinds)},
    )
    by_position: dict[int, list[Any]] = {}
    for row in rows:
        by_position.setdefault(row.position, []).append(row)
    return [_upcoming(images, participant) for images in by_position.values()]


def _kinds(task: Task, condition: str) -> list[str]:
    return list(dict.fromkeys([*task.kinds_in(condition), *task.option_kinds(())]))


def _rehearsed(trial: Trial, participant: Participant) -> UpcomingTrial:
    condition, protocol = trial.shown_to(participant), participant.protocol
    return UpcomingTrial(trial, find_pictures([trial.item], condition, protocol)[0])


def _upcoming(images: list[Any], participant: Participant) -> UpcomingTrial:
    """From the rows of one trial, each with the names of its images of one kind."""
    files = {row.image_kind: [row.file_name, *row.further_files] for row in images}
    trial, protocol = images[0], participant.protocol
    options = trial.item.options if protocol.task.needs_item else trial.options
    condition = trial.shown_to(participant)
    return UpcomingTrial(trial, pictures_of(files, options, condition, protocol))


@cache
def _images_of_trials(n_kinds: int, with_item: bool) -> ComposedOnce[Trial]:
    """Each trial as often as it has kinds of images: these kinds, or with 0 all."""
    marks = {f"kind_{index}": f"kind {index}?" for index in range(n_kinds)}

    def build(participant: int, first: int, last: int, **kinds: str) -> "QuerySet[Trial]":
        trials = Trial.objects.filter(
            participant=participant, position__gte=first, position__lte=last
        )
        if kinds:
            trials = trials.filter(item__stimuli__kind__in=list(kinds.values()))
        images = trials.annotate(
            image_kind=F("item__stimuli__kind"),
            file_name=F("item__stimuli__file_name"),
            further_files=F("item__stimuli__further_files"),
        )
        return (images.select_related("item") if with_item else images).order_by("position")

    return ComposedOnce(build, participant=30_001, first=30_002, last=30_003, **marks)
