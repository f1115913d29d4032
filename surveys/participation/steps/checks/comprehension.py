"""Questions about the instructions, with a limited number of tries."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from surveys.models import Event, Participant
from surveys.participation import refusals
from surveys.participation.given.fields import ShownOption, ShownQuestion, are_offered, read_int
from surveys.participation.refusals import Refusal
from surveys.participation.steps.step import Changes, Context, Step
from surveys.protocol.schema import Protocol, paragraphs
from surveys.protocol.sections import Comprehension as Check
from surveys.protocol.wording import wording

MOST_TRIES = 1000


@dataclass(frozen=True)
class Attempt:
    """A form with every question answered."""

    # How many attempts had been made when the form was; one gone by costs no try.
    number: int
    is_right: bool


@dataclass(frozen=True)
class Comprehension(Step):
    """The last wrong attempt turns the participant away, before they are assigned."""

    name = "comprehension"
    title = "Comprehension check"
    column = "understood_at"
    asked_by = "comprehension.questions"

    def read(self, participant: Participant, sent: QueryDict) -> Attempt | Refusal:
        check = participant.protocol.comprehension
        for number, question in enumerate(check.questions, start=1):
            if not are_offered(sent.getlist(f"answer_{number}"), len(question.options)):
                return refusals.NOT_OFFERED
        given = _given(check, sent)
        if len(given) != len(check.questions):
            return refusals.NOT_ALL_ANSWERED
        attempt = read_int(sent.get("attempt", ""), MOST_TRIES)
        return refusals.STALE_FORM if attempt is None else Attempt(attempt, given == _right(check))

    def changes(self, participant: Participant, answer: Attempt) -> Changes:
        now, tries = timezone.now(), participant.comprehension_tries + 1
        columns: dict[str, Any] = {"comprehension_tries": tries}
        if answer.is_right:
            return Changes({**columns, self.column: now}, self._left(participant, 1, now))
        if tries < participant.protocol.comprehension.tries:
            return Changes(columns)
        reason = Participant.TurnedAway.SCREENED_OUT
        event = Event(participant=participant, kind=Event.Kind.TURNED_AWAY, at=now, detail=reason)
        return Changes({**columns, "turned_away": reason}, [event])

    def guard(self, participant: Participant, answer: Attempt) -> dict[str, Any]:
        return {"comprehension_tries": answer.number, "understood_at": None}

    def context(
        self, participant: Participant, sent: QueryDict, problem: Refusal | None = None
    ) -> Context:
        protocol, language = participant.protocol, participant.language
        check, tries = protocol.comprehension, participant.comprehension_tries
        return {
            "introduction": paragraphs(wording(protocol.texts.introduction, language)),
            "questions": _questions(check, _given(check, sent), language),
            "attempt": tries,
            "tries_left": check.tries - tries,
            "problem": problem or (refusals.NOT_RIGHT_YET if tries else None),
        }

    def right_answers(self, protocol: Protocol) -> dict[str, str]:
        return {f"answer_{n}": str(place) for n, place in _right(protocol.comprehension).items()}


def _right(check: Check) -> dict[int, int]:
    return {number: row.answer for number, row in enumerate(check.questions, start=1)}


def _given(check: Check, sent: QueryDict) -> dict[int, int]:
    """The option chosen for each question, both counted from 1."""
    chosen = {
        number: read_int(sent.get(f"answer_{number}", ""), len(question.options), least=1)
        for number, question in enumerate(check.questions, start=1)
    }
    return {number: option for number, option in chosen.items() if option is not None}


def _questions(check: Check, given: Mapping[int, int], language: str) -> list[ShownQuestion]:
    return [
        ShownQuestion(
            name=f"answer_{number}",
            kind="choice",
            text=wording(question.question, language),
            options=[
                ShownOption(value, wording(option, language), given.get(number) == value)
                for value, option in enumerate(question.options, start=1)
            ],
            required=True,
            is_missing=bool(given) and number not in given,
        )
        for number, question in enumerate(check.questions, start=1)
    ]
