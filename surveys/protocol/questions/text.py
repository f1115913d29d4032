"""Words of the participant's own."""

from random import Random
from typing import Any

from django.http import QueryDict

from surveys.protocol.questions.kind import AskedQuestion, QuestionKind

LONGEST = 2000


class FreeText(QuestionKind):
    name = "text"
    meaning = "what the participant writes, at most 2,000 characters"
    stores = "the text as it was typed"
    is_free = True

    def read(self, asked: AskedQuestion, sent: QueryDict) -> str | None:
        # A database keeps no NUL characters.
        text = sent.get(asked.field_name, "").replace("\0", "").strip()
        return text[:LONGEST] or None

    def is_valid(self, asked: AskedQuestion, value: Any) -> bool:
        return isinstance(value, str) and 0 < len(value) <= LONGEST

    def fill_in(self, asked: AskedQuestion, random: Random) -> dict[str, str]:
        return {asked.field_name: "simulated"}
