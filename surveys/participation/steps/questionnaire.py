"""Questions of the comprehension check and of questionnaires, as their pages show them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from surveys.protocol.sections import Comprehension, Question, QuestionnairePage, Text
from surveys.protocol.wording import wording


@dataclass(frozen=True)
class ShownOption:
    """One answer to choose from."""

    value: int
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class ShownQuestion:
    """A question with what was answered so far."""

    name: str
    kind: str
    text: str
    options: list[ShownOption] = field(default_factory=list)
    required: bool = False
    is_missing: bool = False
    # Of the kind "text".
    value: str = ""
    # Of the kind "scale".
    low: str = ""
    high: str = ""


def field_name(question: Question) -> str:
    return f"q_{question.name}"


def stored_option(option: Text) -> str:
    """An option as it is stored: in the protocol's first language, whoever chose it."""
    return next(iter(option.values())) if isinstance(option, dict) else option


def show_comprehension(
    check: Comprehension, given: Mapping[int, int], language: str
) -> list[ShownQuestion]:
    return [
        ShownQuestion(
            name=f"answer_{index}",
            kind="choice",
            text=wording(question.question, language),
            options=[
                ShownOption(value, wording(option, language), given.get(index) == value)
                for value, option in enumerate(question.options, start=1)
            ],
            required=True,
            is_missing=bool(given) and index not in given,
        )
        for index, question in enumerate(check.questions, start=1)
    ]


def show_page(
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
