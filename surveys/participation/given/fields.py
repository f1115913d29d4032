"""Fields of participants' forms: how questions are shown, and how what was sent is read."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from surveys.protocol.sections import Question


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
    # The address of a picture that the question is about, and its text alternative.
    picture: str = ""
    alternative: str = ""
    # Of the kind "text".
    value: str = ""
    # Of the kind "scale".
    low: str = ""
    high: str = ""


def field_name(question: Question) -> str:
    return f"q_{question.name}"


def are_offered(sent: Sequence[str], most: int) -> bool:
    """Return whether each value is the number of one of `most` options, from 1; empty is none."""
    return all(read_int(text, most, least=1) is not None for text in sent if text)


def read_int(text: str, most: int, least: int = 0) -> int | None:
    """Return a whole number between `least` and `most`, else None."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most))):
        return None
    return int(text) if least <= int(text) <= most else None
