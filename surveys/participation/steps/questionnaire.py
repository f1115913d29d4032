"""Pages of questions about the participant and the study."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from surveys.models import Participant, Survey
from surveys.participation import refusals
from surveys.participation.given.fields import (
    ShownOption,
    ShownQuestion,
    are_offered,
    field_name,
    read_int,
)
from surveys.participation.given.page_events import counted_events
from surveys.participation.refusals import Refusal
from surveys.participation.standing import Standing, block_of, standing_of
from surveys.participation.steps.between import BetweenQuestions
from surveys.participation.steps.step import Changes, Context, Stage, Step
from surveys.protocol.design.pages import BEFORE, END, ShownPage, pages_until, shown_pages
from surveys.protocol.schema import Protocol
from surveys.protocol.sections import Question, QuestionnairePage
from surveys.protocol.values import stored_option
from surveys.protocol.wording import wording

LONGEST_FREE_TEXT = 2000


@dataclass(frozen=True)
class PageAnswers:
    """What a page's form sent: answers by the questions' names, and counts of its events."""

    values: dict[str, Any]
    counted: dict[str, int]


@dataclass(frozen=True)
class Questionnaire(Step):
    """The pages at the end; all pages of a study are counted together, in the order shown."""

    name = "questionnaire"
    template = "questionnaire.html"
    title = "Questionnaire"
    path = "questions/"
    column = "n_pages"
    is_numbered = True
    asked_by = "questionnaire"

    def pages(self, protocol: Protocol) -> int:
        """Return how many pages have been completed when this step is; 0 without pages here."""
        shown = shown_pages(protocol)
        return len(shown) if any(page.after == END for page in shown) else 0

    def stages(self, survey: Survey) -> list[Stage]:
        places = [page.after for page in shown_pages(survey.protocol)]
        own = [page for page, after in enumerate(places, start=1) if after == END]
        return [
            Stage(self._label(number, len(own)), self._reached(page))
            for number, page in enumerate(own, start=1)
        ]

    def read(self, participant: Participant, sent: QueryDict) -> PageAnswers | Refusal:
        page = self._shown(participant).page
        for question in page.questions:
            values = sent.getlist(field_name(question))
            if question.kind != "text" and not are_offered(values, _highest(question)):
                return refusals.NOT_OFFERED
        answers, missing = read_page_answers(page, sent)
        counted = counted_events(participant, sent)
        return refusals.NOT_ALL_ANSWERED if missing else PageAnswers(answers, counted)

    def changes(self, participant: Participant, answer: PageAnswers) -> Changes:
        changes = super().changes(participant, answer)
        shown = self._shown(participant)
        names = {row.name: shown.stored_name(row) for row in shown.page.questions}
        stored = {names[name]: value for name, value in answer.values.items()}
        columns = {
            **changes.columns,
            "questionnaire": {**participant.questionnaire, **stored},
            "device": {**participant.device, **answer.counted},
        }
        return Changes(columns, changes.rows)

    def context(
        self, participant: Participant, sent: QueryDict, problem: Refusal | None = None
    ) -> Context:
        shown, language = self._shown(participant), participant.language
        page, together = shown.page, _places_together(participant.protocol, shown.after)
        answers, missing = read_page_answers(page, sent)
        missed = missing if problem else []
        return {
            "step": self.name,
            "position": self.page(participant),
            "number": participant.n_pages - together[0] + 1,
            "total": len(together),
            "heading": wording(page.title, language),
            "questions": _questions(page, answers, missed, language),
            "problem": problem,
        }

    def _shown(self, participant: Participant) -> ShownPage:
        return shown_pages(participant.protocol)[participant.n_pages]


@dataclass(frozen=True)
class QuestionsBefore(Questionnaire):
    """The pages before the introduction."""

    name = "before"
    title = "Questionnaire before"
    path = "before/"
    asked_by = "before"

    def pages(self, protocol: Protocol) -> int:
        return pages_until(protocol, BEFORE)

    def stages(self, survey: Survey) -> list[Stage]:
        n = self.pages(survey.protocol)
        return [Stage(self._label(page, n), self._reached(page)) for page in range(1, n + 1)]


@dataclass(frozen=True)
class QuestionsOfBlock(Questionnaire, BetweenQuestions):
    """The pages after a block, each time before the next block begins."""

    name = "block_questions"
    title = "Questionnaire of a block"
    path = "block-questions/"
    asked_by = "blocks"

    def pages(self, protocol: Protocol) -> int:
        return sum(len(block.questionnaire) for block in protocol.blocks)

    def place(self, participant: Participant, standing: Standing) -> int:
        trial = standing.before
        block = block_of(participant, trial) if trial and standing.ends_block else None
        return trial.position if trial and block and block.questionnaire else 0

    def due(self, participant: Participant) -> int:
        standing = standing_of(participant)
        trial = standing.before if self.place(participant, standing) else None
        until = pages_until(participant.protocol, trial.block) if trial else 0
        return participant.n_pages + 1 if participant.n_pages < until else 0

    def stages(self, survey: Survey) -> list[Stage]:
        return []


def _places_together(protocol: Protocol, after: str) -> list[int]:
    """Where the pages stand, from 0, that come at the same place of the study."""
    return [index for index, page in enumerate(shown_pages(protocol)) if page.after == after]


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
