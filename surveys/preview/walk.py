"""Somebody who looks at a survey without taking part: the same pages, and nothing is stored.

Where they stand is a `Walk`, which lives in their browser. From it comes a participant that is
never saved, for whom the pages are made as for any other.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from surveys.models import Condition, Participant, Survey, Trial
from surveys.participation import flow, messages
from surveys.participation.answers import CONFIDENCE, FIRST, asks_confidence, step_of
from surveys.participation.fields import (
    read_answer,
    read_comprehension,
    read_consent,
    read_page_answers,
)
from surveys.participation.messages import Refusal
from surveys.participation.outcomes import Outcome
from surveys.participation.steps.introduction import practice_item
from surveys.randomisation.trials import make_trials
from surveys.studies.item_drops import find_items

# Whose question and option orders are shown.
NUMBER = 1


@dataclass(frozen=True)
class Walk:
    """How far a preview has got; each field is what a participant's row would hold."""

    condition: str
    language: str
    agreed: bool = False
    tries: int = 0
    understood: bool = False
    introduced: bool = False
    practised: int = 0
    answered: int = 0
    # In two-step trials: the answer from the image alone.
    first_option: str = ""
    failed_checks: int = 0
    pages: int = 0
    debriefed: bool = False
    # An `Outcome` of a preview that did not come to the last page.
    ending: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Preview:
    """A survey as it is shown to a walk."""

    def __init__(self, survey: Survey, walk: Walk, condition: Condition) -> None:
        self.survey, self.walk, self.condition = survey, walk, condition
        items = find_items(survey)
        person = self._unsaved()
        self.trials = make_trials(person, list(items.order_by("is_example", "position")))
        for trial in self.trials[walk.answered : walk.answered + 1]:
            trial.first_option = walk.first_option
        person.n_trials = len(self.trials)
        if walk.introduced and walk.answered >= person.n_trials:
            person.finished_at = person.arrived_at
        self.participant = person

    def _unsaved(self) -> Participant:
        """The participant that the walk amounts to; it has no row, and gets none."""
        walk, now = self.walk, timezone.now()
        is_over = walk.ending in Participant.TurnedAway.values
        return Participant(
            survey=self.survey,
            version_id=self.survey.version_id,
            token="preview",  # noqa: S106 - no secret: nobody can come back by it
            number=NUMBER,
            place=NUMBER,
            condition=self.condition,
            language=walk.language,
            comprehension_tries=walk.tries,
            n_practised=walk.practised,
            n_answered=walk.answered,
            n_failed_checks=walk.failed_checks,
            n_pages=walk.pages,
            arrived_at=now,
            consented_at=now,
            last_active_at=now,
            understood_at=now if walk.understood else None,
            introduced_at=now if walk.introduced else None,
            debriefed_at=now if walk.debriefed else None,
            turned_away=walk.ending if is_over else "",
            withdrawn_at=now if walk.ending == Outcome.WITHDRAWN else None,
        )

    @property
    def step(self) -> str:
        """The name of the page that the walk has come to."""
        if self.walk.ending == Outcome.NO_CONSENT:
            return "declined"
        return flow.current_step(self.participant if self.walk.agreed else None)

    @property
    def page(self) -> int | None:
        return flow.current_page(self.participant) if self.walk.agreed else None

    @property
    def coming_trials(self) -> list[Trial]:
        """The current trial and the one after it."""
        return self.trials[self.walk.answered : self.walk.answered + 2]


def go_on(preview: Preview, sent: QueryDict) -> Walk | Refusal:
    """Where the walk is after the current page's form was sent, or what is wrong with the form."""
    advance = {
        "start": _agree,
        "comprehension": _understand,
        "introduction": _begin,
        "practice": _practise,
        "trial": _answer,
        "questionnaire": _answer_page,
        "debriefing": _leave_debriefing,
    }.get(preview.step)
    return advance(preview, sent) if advance else preview.walk


def _agree(preview: Preview, sent: QueryDict) -> Walk | Refusal:
    agreed = read_consent(sent)
    if agreed is None:
        return messages.NO_CONSENT
    if not agreed:
        return replace(preview.walk, ending=str(Outcome.NO_CONSENT))
    return replace(preview.walk, agreed=True)


def _understand(preview: Preview, sent: QueryDict) -> Walk | Refusal:
    check, walk = preview.participant.protocol.comprehension, preview.walk
    _, given, is_right = read_comprehension(check, sent)
    if len(given) != len(check.questions):
        return messages.NOT_ALL_ANSWERED
    walk = replace(walk, tries=walk.tries + 1, understood=is_right)
    if not is_right and walk.tries >= check.tries:
        return replace(walk, ending=str(Outcome.SCREENED_OUT))
    return walk


def _begin(preview: Preview, sent: QueryDict) -> Walk | Refusal:
    return replace(preview.walk, introduced=True)


def _practise(preview: Preview, sent: QueryDict) -> Walk | Refusal:
    if sent.get("seen") == "yes":
        return replace(preview.walk, practised=preview.walk.practised + 1)
    _, options = practice_item(preview.participant, preview.walk.practised + 1)
    return preview.walk if sent.get("answer") in options else messages.NO_ANSWER


def _answer(preview: Preview, sent: QueryDict) -> Walk | Refusal:
    walk, person, trial = preview.walk, preview.participant, preview.coming_trials[0]
    answer = read_answer(sent)
    if not answer.option:
        return messages.NO_ANSWER
    if answer.option not in trial.options:
        return messages.NOT_OFFERED
    if step_of(person, trial) == FIRST:
        return replace(walk, first_option=answer.option)
    if asks_confidence(person, trial) and answer.confidence not in CONFIDENCE:
        return messages.NO_CONFIDENCE
    has_failed = trial.expected not in ("", answer.option)
    return replace(
        walk,
        answered=walk.answered + 1,
        first_option="",
        failed_checks=walk.failed_checks + has_failed,
    )


def _answer_page(preview: Preview, sent: QueryDict) -> Walk | Refusal:
    page = preview.participant.protocol.questionnaire[preview.walk.pages]
    _, missing = read_page_answers(page, sent)
    if missing:
        return messages.NOT_ALL_ANSWERED
    return replace(preview.walk, pages=preview.walk.pages + 1)


def _leave_debriefing(preview: Preview, sent: QueryDict) -> Walk | Refusal:
    return replace(preview.walk, debriefed=True)


class WroteAnyway(RuntimeError):
    """Code that promised to store nothing tried to."""


@contextmanager
def read_only() -> Iterator[None]:
    """Within it, any statement but a SELECT raises WroteAnyway before it reaches the database."""
    with connection.execute_wrapper(_refuse_writing):
        yield


def _refuse_writing(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    if not sql.lstrip().upper().startswith("SELECT"):
        raise WroteAnyway(f"A preview would have written to the database: {sql[:200]}")
    return execute(sql, params, many, context)
