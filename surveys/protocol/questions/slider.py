"""A place between two ends."""

from random import Random
from typing import Any

from django.http import QueryDict

from surveys.protocol.questions.kind import AskedQuestion, QuestionKind
from surveys.protocol.questions.scale import is_whole, read_whole

LARGEST = 100


class Slider(QuestionKind):
    """It begins in the middle, which is also what is stored of a slider that nobody moved."""

    name = "slider"
    meaning = "a place between two ends, from 0 to 100; it begins in the middle"
    stores = "the place, from 0 to 100"
    keys = frozenset({"low", "high"})

    def read(self, asked: AskedQuestion, sent: QueryDict) -> int | None:
        return read_whole(sent.get(asked.field_name, ""), 0, LARGEST)

    def is_valid(self, asked: AskedQuestion, value: Any) -> bool:
        return is_whole(value) and 0 <= value <= LARGEST

    def fill_in(self, asked: AskedQuestion, random: Random) -> dict[str, str]:
        return {asked.field_name: str(random.randint(0, LARGEST))}
