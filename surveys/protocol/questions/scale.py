"""A point of a scale, with a label for each point or for its two ends."""

from random import Random
from typing import Any

from django.http import QueryDict

from surveys.protocol.questions.kind import AskedQuestion, NotOfferedError, QuestionKind


class Scale(QuestionKind):
    name = "scale"
    meaning = "a point of a scale, with a label for each point or for its ends"
    stores = "the point, from 1"
    keys = frozenset({"points", "labels", "low", "high"})

    def read(self, asked: AskedQuestion, sent: QueryDict) -> int | None:
        return read_whole(sent.get(asked.field_name, ""), 1, asked.points)

    def is_valid(self, asked: AskedQuestion, value: Any) -> bool:
        return is_whole(value) and 1 <= value <= asked.points

    def fill_in(self, asked: AskedQuestion, random: Random) -> dict[str, str]:
        return {asked.field_name: str(random.randint(1, asked.points))}


def read_whole(text: str, least: int, most: int) -> int | None:
    """Return a whole number in a range; None for an empty text. Raises NotOfferedError."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most))):
        raise NotOfferedError(text[:50])
    if not least <= int(text) <= most:
        raise NotOfferedError(text)
    return int(text)


def is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
