"""Reads what forms carry, trusting none of it."""

from typing import Any

from django.http import QueryDict

from surveys.participation.answers import SentAnswer
from surveys.participation.steps.questionnaire import field_name, stored_option
from surveys.protocol.sections import Comprehension, Question, QuestionnairePage

# A page left open for longer tells nothing about how long the answer took.
LONGEST_TIME_MS = 24 * 3600 * 1000
LONGEST_FIELD = 200
LONGEST_FREE_TEXT = 2000


def read_consent(data: QueryDict) -> bool | None:
    """Whether the visitor agrees; None when the form does not say."""
    return {"yes": True, "no": False}.get(data.getlist("agree")[-1] if "agree" in data else "")


def read_answer(data: QueryDict) -> SentAnswer:
    """The answer as sent; times that cannot be true are left out rather than stored."""
    response_time = read_milliseconds(data.get("response_time_ms", ""))
    hidden_time = read_milliseconds(data.get("hidden_time_ms", ""))
    if response_time is None or (hidden_time is not None and hidden_time > response_time):
        hidden_time = None
    return SentAnswer(
        option=data.get("answer", "")[:LONGEST_FIELD],
        form_key=data.get("form_key", "")[:LONGEST_FIELD],
        response_time_ms=response_time,
        hidden_time_ms=hidden_time,
        confidence=read_place(data.get("confidence", ""), 5),
    )


def read_milliseconds(text: str) -> int | None:
    """A whole number of milliseconds between 0 and a day, else None."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LONGEST_TIME_MS))):
        return None
    number = int(text)
    return number if number <= LONGEST_TIME_MS else None


def read_place(text: str, highest: int) -> int | None:
    """A whole number from 1 to `highest`, else None."""
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        return None
    return int(text) if 1 <= int(text) <= highest else None


def read_comprehension(check: Comprehension, data: QueryDict) -> tuple[int, dict[int, int], bool]:
    """The number of the attempt, the option chosen for each question, and whether all are right."""
    given = {}
    for index, question in enumerate(check.questions, start=1):
        chosen = read_place(data.get(f"answer_{index}", ""), len(question.options))
        if chosen is not None:
            given[index] = chosen
    right = {index: question.answer for index, question in enumerate(check.questions, start=1)}
    attempt = read_milliseconds(data.get("attempt", ""))
    return (-1 if attempt is None else min(attempt, 1000)), given, given == right


def read_page_answers(page: QuestionnairePage, data: QueryDict) -> tuple[dict[str, Any], list[str]]:
    """The answers by the questions' names, and the names of required ones without an answer."""
    answers: dict[str, Any] = {}
    missing = []
    for question in page.questions:
        answer = _read_question(question, data)
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
    highest = question.points if question.kind == "scale" else len(question.options)
    places = [place for text in sent if (place := read_place(text, highest)) is not None]
    if question.kind == "scale":
        return places[-1] if places else None
    chosen = [stored_option(question.options[place - 1]) for place in sorted(set(places))]
    if question.kind == "several":
        return chosen
    return stored_option(question.options[places[-1] - 1]) if places else None
