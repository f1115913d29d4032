"""The kinds of values that the sections of a protocol share."""

from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from django.conf import settings
from pydantic import (
    Field,
    StringConstraints,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from toml_files.tables import right

# A text is one sentence for everybody, or one for each language: {"en": "...", "it": "..."}.
Text = str | dict[str, str]
LANGUAGES = tuple(code for code, _ in settings.LANGUAGES)

Part = TypeVar("Part")
OrEmpty: TypeAlias = Literal[""] | Part


def _of(longest: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=longest)


Version = Annotated[str, _of(40)]
ConditionName = Annotated[str, _of(50)]
Label = Annotated[str, _of(100)]
Heading = Annotated[str, _of(200)]
Line = Annotated[str, _of(500)]
Reason = Annotated[str, _of(5_000)]
Paragraphs = Annotated[str, _of(20_000)]


def _each_language(value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    """The context's languages, if it has some, are those that a table of texts must have."""
    languages = (info.context or {}).get("languages")
    if isinstance(value, dict) and languages and set(value) != set(languages):
        raise ValueError(f"one text for each of the languages {', '.join(languages)}")
    return handler(value)


InLanguages = Annotated[Part | dict[str, Part], WrapValidator(_each_language)]


def stored_option(option: Text) -> str:
    """Return an option as it is stored: in the protocol's first language."""
    return next(iter(option.values())) if isinstance(option, dict) else option


Slug = Annotated[
    str,
    Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=50),
    right("at most 50 lower-case letters, digits and single hyphens"),
]
AnswerName = Annotated[
    str,
    Field(pattern="^[a-z][a-z0-9_]{0,49}$"),
    right("lower-case letters, digits and underscores"),
]
Parameter = Annotated[
    str, Field(pattern="^[A-Za-z][A-Za-z0-9_.-]{0,49}$"), right("the name of a query parameter")
]
Code = Annotated[
    str,
    Field(pattern="^[A-Za-z0-9_-]{1,50}$"),
    right("1 to 50 letters, digits, hyphens and underscores"),
]
Address = Annotated[
    str,
    StringConstraints(
        pattern=r"^\s*https://([^{}]|\{code\}|\{participant\})+$",
        strip_whitespace=True,
        max_length=1_000,
    ),
    right(
        "an address that begins with https:// and has no placeholder but {code} and {participant}"
    ),
]
