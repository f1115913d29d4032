"""All options in an order, each with a place of its own."""

from random import Random
from typing import Any

from django.http import QueryDict

from surveys.protocol.questions.kind import AskedQuestion, NotOfferedError, QuestionKind
from surveys.protocol.questions.scale import read_whole


class Ranking(QuestionKind):
    name = "ranking"
    meaning = "all options in an order, each with its place"
    stores = "the options from the first place to the last, joined by ;"
    keys = frozenset({"options", "order"})

    def read(self, asked: AskedQuestion, sent: QueryDict) -> list[str] | None:
        n = len(asked.options)
        places = [read_whole(sent.get(name, ""), 1, n) for name in rank_fields(asked)]
        known = [place for place in places if place is not None]
        if len(set(known)) != len(known):
            raise NotOfferedError("a place is given twice")
        if len(known) < n:
            return None
        return [asked.options[known.index(place)] for place in range(1, n + 1)]

    def is_valid(self, asked: AskedQuestion, value: Any) -> bool:
        return isinstance(value, list) and sorted(value) == sorted(asked.options)

    def as_text(self, value: Any) -> str:
        return ";".join(value)

    def fill_in(self, asked: AskedQuestion, random: Random) -> dict[str, str]:
        names = rank_fields(asked)
        places = random.sample(range(1, len(names) + 1), len(names))
        return dict(zip(names, map(str, places), strict=True))


def rank_fields(asked: AskedQuestion) -> list[str]:
    """Return the form's fields for the place of each option."""
    return [f"{asked.field_name}_{number}" for number, _ in enumerate(asked.options, start=1)]
