"""What every page of a survey is: an object that says when it applies, what it reads and stores.

Flow, addresses, preview, funnel, consistency checks and bots know pages only by this class.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Model, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from surveys.models import Event, Participant, Survey
from surveys.participation.access import render_for
from surveys.participation.refusals import Refusal
from surveys.participation.update_once import update_once
from surveys.protocol.schema import Protocol

Context = dict[str, Any]


@dataclass(frozen=True)
class Changes:
    """What an answer changes: columns of the participant, and rows that come with them."""

    columns: Mapping[str, Any]
    rows: Sequence[Model] = ()


@dataclass(frozen=True)
class Stage:
    """One line of the funnel: the participants who completed a page."""

    label: str
    who: Q
    # Whether an overview shows it, too.
    is_main: bool = True


@dataclass(frozen=True)
class Step:
    """One page of the survey, or several of a kind, left for good once it is completed.

    A page type is a subclass with `name` and `title`, a template, and what it overrides; flow.py
    has their order. How far a participant has come is kept in `column`, a moment or a number of
    pages; without a column of its own, it is kept in `Participant.progress` under the name.
    """

    # In addresses, events and the console; also of the template, unless that is given.
    name: ClassVar[str]
    title: ClassVar[str]
    template: ClassVar[str] = ""
    # Where the page lies below the study's address, if not at its name.
    path: ClassVar[str] = ""
    # The protocol's key that asks for it: a number of pages, a list, or a text; empty for always.
    asked_by: ClassVar[str] = ""
    # Whether its pages are numbered, from 1, in their addresses.
    is_numbered: ClassVar[bool] = False
    column: ClassVar[str] = ""
    # Whether leaving it is an event.
    is_recorded: ClassVar[bool] = True
    # Whether the page belongs to a participant, who may withdraw from it.
    may_withdraw: ClassVar[bool] = True
    # Whether a form that comes late, or twice, is judged by the step itself.
    judges_late_forms: ClassVar[bool] = False
    # Whether it comes again and again between the questions.
    is_between: ClassVar[bool] = False
    # Whether it is an end, which is shown when the survey is closed, too.
    is_end: ClassVar[bool] = False

    def pages(self, protocol: Protocol) -> int:
        """Return how many pages a survey with this protocol has of it; 0 when it has none."""
        if not self.asked_by:
            return 1
        asked = attrgetter(self.asked_by)(protocol)
        if not self.is_numbered:
            return int(bool(asked))
        return asked if isinstance(asked, int) else len(asked)

    def completed(self, participant: Participant) -> int:
        """Return how many of its pages the participant has completed."""
        if not self.column:
            return int(participant.progress.get(self.name, 0))
        value = getattr(participant, self.column)
        return int(value) if self.is_numbered else int(value is not None)

    def is_complete(self, participant: Participant, protocol: Protocol) -> bool:
        return self.completed(participant) >= self.pages(protocol)

    def page(self, participant: Participant) -> int | None:
        """Return the number of the participant's current page; None where there is only one."""
        return self.completed(participant) + 1 if self.is_numbered else None

    def read(self, participant: Participant, sent: QueryDict) -> Any:
        """Return the answer in the form, a Refusal, or None when there is nothing to store yet."""
        return True

    def changes(self, participant: Participant, answer: Any) -> Changes:
        """Return what the answer changes; by default, that the page is completed."""
        now, page = timezone.now(), self.completed(participant) + 1
        return Changes(self._completion(participant, page, now), self._left(participant, page, now))

    def context(
        self, participant: Participant, sent: QueryDict, problem: Refusal | None = None
    ) -> Context:
        """Return the template's context, given the form that was sent, if any."""
        return {}

    def right_answers(self, protocol: Protocol) -> dict[str, str]:
        """Return the fields that a program must send to continue."""
        return {}

    def stages(self, survey: Survey) -> list[Stage]:
        """Return the lines of the funnel, in order."""
        pages = range(1, self.pages(survey.protocol) + 1)
        return [Stage(self._label(page, len(pages)), self._reached(page)) for page in pages]

    def respond(self, request: HttpRequest, participant: Participant) -> HttpResponse | None:
        """Answer a request for the current page; None sends the participant to theirs."""
        answer = self.read(participant, request.POST) if request.method == "POST" else None
        if answer is None or isinstance(answer, Refusal):
            context = self.context(participant, request.POST, answer)
            return self.show(request, participant, context, answer)
        # Where another request was first, the participant's page is elsewhere by now.
        self.store(participant, answer)
        return None

    def show(
        self,
        request: HttpRequest,
        participant: Participant,
        context: Context,
        problem: Refusal | None = None,
    ) -> HttpResponse:
        template, status = self.template or f"{self.name}.html", problem.status if problem else 200
        return render_for(
            request, template, participant, context, status, may_withdraw=self.may_withdraw
        )

    def store(self, participant: Participant, answer: Any) -> bool:
        """Store the answer unless another request was first; return whether it was stored."""
        changes = self.changes(participant, answer)
        waiting = Participant.objects.filter(
            pk=participant.pk,
            turned_away="",
            stopped_at=None,
            withdrawn_at=None,
            **self.guard(participant, answer),
        )
        now = timezone.now()
        with transaction.atomic():
            if not update_once(waiting, participant, **changes.columns, last_active_at=now):
                return False
            for model in dict.fromkeys(type(row) for row in changes.rows):
                rows = [row for row in changes.rows if type(row) is model]
                model._default_manager.bulk_create(rows)
        return True

    def rehearse(self, participant: Participant, answer: Any) -> Mapping[str, Any]:
        """Apply the answer to a participant who is never saved; return the changed columns."""
        columns = self.changes(participant, answer).columns
        for name, value in columns.items():
            setattr(participant, name, value)
        return columns

    def guard(self, participant: Participant, answer: Any) -> dict[str, Any]:
        """Return the columns that must still be as they were, so that a page is completed once."""
        if self.column:
            return {self.column: getattr(participant, self.column)}
        done = participant.progress.get(self.name)
        key = f"progress__{self.name}"
        return {f"{key}__isnull": True} if done is None else {key: done}

    def _completion(self, participant: Participant, page: int, now: datetime) -> dict[str, Any]:
        if not self.column:
            return {"progress": {**participant.progress, self.name: page}}
        return {self.column: page if self.is_numbered else now}

    def _left(self, participant: Participant, page: int, now: datetime) -> list[Event]:
        """The event of leaving the page."""
        if not self.is_recorded:
            return []
        detail = f"{self.name} {page}" if self.is_numbered else self.name
        return [Event(participant=participant, kind=Event.Kind.PAGE, at=now, detail=detail)]

    def _label(self, page: int, pages: int) -> str:
        return f"{self.title} page {page}" if pages > 1 else self.title

    def _reached(self, page: int) -> Q:
        if not self.column:
            return Q(**{f"progress__{self.name}__gte": page})
        return Q(**({f"{self.column}__gte": page} if self.is_numbered else _is_known(self.column)))


def _is_known(column: str) -> dict[str, bool]:
    return {f"{column}__isnull": False}
