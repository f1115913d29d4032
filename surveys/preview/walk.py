"""Somebody who looks at a survey without taking part: the same pages, and nothing is stored.

How far they are is a `Walk`, which lives in their browser. From it comes a participant that is
never saved, to whom each step applies what it would have stored.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from surveys.models import Condition, Participant, Survey, Trial
from surveys.participation import flow
from surveys.participation.refusals import Refusal
from surveys.participation.steps.step import Context, Step
from surveys.randomisation.trials import make_trials
from surveys.studies.blinding import group_labels
from surveys.studies.item_drops import find_items

NAMESPACE = "console:preview"
# Whose question and option orders are shown.
NUMBER = 1
# What was typed is not kept, as a cookie holds little.
NOT_KEPT = ("questionnaire",)


@dataclass(frozen=True)
class Walk:
    """How far a preview has got."""

    condition: str
    language: str
    # Columns of a participant's row that differ from a newcomer's.
    columns: Mapping[str, Any] = field(default_factory=dict)
    # In two-step trials: the answer from the image alone.
    first_option: str = ""
    has_declined: bool = False
    # In studies in blocks, whose pages come back to answers: the options chosen, as their places
    # among those of each question.
    answers: tuple[int, ...] = ()
    # Whether it shows what somebody has typed in the editor and not saved yet.
    is_draft: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Preview:
    """A survey as it is shown to a walk."""

    def __init__(self, survey: Survey, walk: Walk, condition: Condition) -> None:
        self.survey, self.walk, self.condition = survey, walk, condition
        self.participant = self._unsaved()
        items = find_items(survey).order_by("is_example", "position")
        self.participant.rehearsed_trials = make_trials(self.participant, list(items))
        for trial in self._current_trial:
            trial.first_option = walk.first_option
        for trial, place in zip(self.participant.rehearsed_trials, walk.answers, strict=False):
            trial.rehearsed_option = trial.options[place]

    def _unsaved(self) -> Participant:
        """The participant that the walk amounts to; it has no row, and gets none."""
        now = timezone.now()
        fields = {row.name: row for row in Participant._meta.fields}
        columns = {name: fields[name].to_python(value) for name, value in self.walk.columns.items()}
        person = Participant(
            survey=self.survey,
            version_id=self.survey.version_id,
            token="preview",  # noqa: S106 - no secret: nobody can come back by it
            number=NUMBER,
            place=NUMBER,
            condition=self.condition,
            language=self.walk.language,
            arrived_at=now,
            last_active_at=now,
            **columns,
        )
        person.panel_id = "preview"
        return person

    @property
    def _current_trial(self) -> list[Trial]:
        n = self.participant.n_answered
        return (self.participant.rehearsed_trials or [])[n : n + 1]

    @property
    def step(self) -> Step:
        """The page that the walk has come to."""
        return flow.DECLINED if self.walk.has_declined else flow.current_step(self.participant)

    @property
    def page(self) -> int | None:
        return self.step.page(self.participant)

    @property
    def url(self) -> str:
        return flow.step_url(self.survey.slug, self.step, self.participant, NAMESPACE)

    def go_on(self, sent: QueryDict) -> Walk | Refusal | None:
        """Return the walk after the page's form was sent; None when the same page goes on."""
        answer = self.step.read(self.participant, sent)
        if answer is None or isinstance(answer, Refusal):
            return answer
        if self.step is flow.CONSENT and not answer:
            return replace(self.walk, has_declined=True)
        return self._changed(self.step.rehearse(self.participant, answer))

    def stop(self) -> Walk:
        return self._changed({"stopped_at": timezone.now()})

    def withdraw(self) -> Walk:
        return self._changed({"withdrawn_at": timezone.now()})

    def _changed(self, columns: Mapping[str, Any]) -> Walk:
        changed = {name: _as_json(value) for name, value in columns.items() if name not in NOT_KEPT}
        first = "".join(trial.first_option for trial in self._current_trial)
        return replace(
            self.walk,
            columns={**self.walk.columns, **changed},
            first_option=first,
            answers=self._answers(),
        )

    def _answers(self) -> tuple[int, ...]:
        if not self.participant.protocol.parts:
            return ()
        answered = (self.participant.rehearsed_trials or [])[: self.participant.n_answered]
        return tuple(trial.options.index(trial.rehearsed_option) for trial in answered)

    def show(
        self,
        request: HttpRequest,
        sent: QueryDict,
        problem: Refusal | None = None,
        has_bar: bool = True,
    ) -> HttpResponse:
        """Return the current page, with what was sent from it if that has to be corrected.

        `has_bar` puts the bar above it that says that this is a preview.
        """
        person = self.participant
        context = {**self.step.context(person, sent, problem), **self.frame(has_bar)}
        return self.step.show(request, person, context, problem)

    def frame(self, has_bar: bool = True) -> Context:
        """Return what every page of a preview has around it."""
        label = group_labels(self.survey)[self.condition.name]
        return {"namespace": NAMESPACE, "preview": label if has_bar else ""}


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


class ReadOnlyError(RuntimeError):
    """Code that promised to store nothing tried to."""


@contextmanager
def read_only() -> Iterator[None]:
    """Within it, any statement but a SELECT raises ReadOnlyError before it is sent."""
    with connection.execute_wrapper(_refuse_writing):
        yield


def _refuse_writing(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    if not sql.lstrip().upper().startswith("SELECT"):
        raise ReadOnlyError(f"A preview would have written to the database: {sql[:200]}")
    return execute(sql, params, many, context)
