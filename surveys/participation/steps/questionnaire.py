"""Pages of questions about the participant and the study."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from surveys.models import Participant
from surveys.participation import refusals
from surveys.participation.fields import (
    ShownOption,
    ShownQuestion,
    are_offered,
    field_name,
    read_int,
)
from surveys.participation.refusals import Refusal
from surveys.participation.steps.step import Changes, Context, Step
from surveys.protocol.sections import Question, QuestionnairePage
from surveys.protocol.values import stored_option
from surveys.protocol.wording import wording

LONGEST_FREE_TEXT = 2000


@dataclass(frozen=True)
class Questionnaire(Step):
    name = "questionnaire"
    title = "Questionnaire"
    path = "questions/"
    column = "n_pages"
    is_numbered = True
    asked_by = "questionnaire"

    def read(self, participant: Participant, sent: QueryDict) -> dict[str, Any] | Refusal:
        page = self._page(participant)
        for question in page.questions:
            values = sent.getlist(field_name(question))
            if question.kind != "text" and not are_offered(values, _highest(question)):
                return refusals.NOT_OFFERED
        answers, missing = read_page_answers(page, sent)
        return refusals.NOT_ALL_ANSWERED if missing else answers

    def changes(self, participant: Participant, answer: dict[str, Any]) -> Changes:
        changes = super().changes(participant, answer)
        questionnaire = {**participant.questionnaire, **answer}
        return Changes({**changes.columns, "questionnaire": questionnaire}, changes.rows)

    def context(
        self, participant: Participant, sent: QueryDict, problem: Refusal | None = None
    ) -> Context:
        page, language = self._page(participant), participant.language
        answers, missing = read_page_answers(page, sent)
        missed = missing if problem else []
        return {
            "position": self.page(participant),
            "total": self.pages(participant.protocol),
            "heading": wording(page.title, language),
            "questions": _questions(page, answers, missed, language),
            "problem": problem,
        }

    def _page(self, participant: Participant) -> QuestionnairePage:
        return participant.protocol.questionnaire[participant.n_pages]


def read_page_answers(page: QuestionnairePage, sent: QueryDict) -> tuple[dict[str, Any], list[str]]:
    """Return the answers by the questions' names, and required questions without an answer."""
    answers: dict[str, Any] = {}
    missing = []
    for question in page.questions:
        answer = _read_question(question, sent)
        if answer not in (None, "", []):
            answers[question.name] = answer
        elif question.required:
            missing.append(question.name)
    return answers, missing


def _read_question(question: Question, data: QueryDict) -> Any:
    sent = data.getlist(field_name(question))
    if question.kind == "text":
        # A database keeps no NUL characters.
        return (sent[-1] if sent else "").replace("\0", "").strip()[:LONGEST_FREE_TEXT]
    highest = _highest(question)
    places = [place for text in sent if (place := read_int(text, highest, least=1)) is not None]
    if question.kind == "scale":
        return places[-1] if places else None
    chosen = [stored_option(question.options[place - 1]) for place in sorted(set(places))]
    if question.kind == "several":
        return chosen
    return stored_option(question.options[places[-1] - 1]) if places else None


def _highest(question: Question) -> int:
    return question.points if question.kind == "scale" else len(question.options)


def _questions(
    page: QuestionnairePage, answers: Mapping[str, Any], missing: list[str], language: str
) -> list[ShownQuestion]:
    return [
        ShownQuestion(
            name=field_name(question),
            kind=question.kind,
            text=wording(question.question, language),
            options=_options(question, answers.get(question.name), language),
            required=question.required,
            is_missing=question.name in missing,
            value=str(answers.get(question.name, "")) if question.kind == "text" else "",
            low=wording(question.low, language),
            high=wording(question.high, language),
        )
        for question in page.questions
    ]


def _options(question: Question, answer: Any, language: str) -> list[ShownOption]:
    if question.kind == "scale":
        points = range(1, question.points + 1)
        return [ShownOption(point, str(point), point == answer) for point in points]
    chosen = answer if isinstance(answer, list) else [answer]
    return [
        ShownOption(value, wording(option, language), stored_option(option) in chosen)
        for value, option in enumerate(question.options, start=1)
    ]
