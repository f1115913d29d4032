"""The questions of the questionnaire, as the exported protocol has them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

CHOICE, SEVERAL, SCALE, TEXT = "choice", "several", "scale", "text"
# Before the first block, and after the last; every other place is the name of a block.
BEFORE, END = "before", ""


@dataclass(frozen=True)
class Question:
    """One question in one place; a page after several blocks has its questions several times."""

    # As the table of answers has it.
    name: str
    wording: str
    kind: str
    # What can be answered, in the order shown; of a scale its points.
    options: tuple[str, ...] = ()
    low: str = ""
    high: str = ""
    # The block after which it is asked; BEFORE or END otherwise.
    after: str = END

    @property
    def title(self) -> str:
        """The wording, with the ends of a scale and the block after which it is asked."""
        ends = ""
        if self.kind == SCALE and (self.low or self.high):
            ends = f" (1: {self.low}, {self.options[-1]}: {self.high})"
        place = f", after {self.after}" if self.after not in (BEFORE, END) else ""
        return f"{self.wording}{ends}{place}"

    def chosen(self, answer: str) -> list[str]:
        """Return the options in a stored answer, one that the protocol no longer has included."""
        if self.kind != SEVERAL or answer in self.options:
            return [answer]
        # Not by splitting: an option may contain the mark that joins several.
        rest, found = f";{answer};", []
        for option in sorted(self.options, key=len, reverse=True):
            if f";{option};" in rest:
                found.append(option)
                rest = rest.replace(f";{option};", ";", 1)
        return [*found, *(part for part in rest.split(";") if part)]


def questions_of(protocol: Mapping[str, Any]) -> list[Question]:
    """Return the questions of an exported protocol, in the order in which they are asked."""
    return [
        _question(row, after, repeated)
        for page, after, repeated in _pages(protocol)
        for row in page["questions"]
    ]


def _pages(protocol: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str, bool]]:
    """Each page in its place, and whether it comes again."""
    pages = protocol.get("questionnaire") or []
    by_name = {page["name"]: page for page in pages if page.get("name")}
    places = [(BEFORE, name) for name in protocol.get("before") or []]
    for block in protocol.get("blocks") or []:
        places += [(block["name"], name) for name in block.get("questionnaire") or []]
    times = [name for _, name in places]
    for after, name in places:
        yield by_name[name], after, times.count(name) > 1
    for page in pages:
        if page.get("name") not in times:
            yield page, END, False


def _question(row: Mapping[str, Any], after: str, repeated: bool) -> Question:
    kind = row.get("kind", CHOICE)
    points = tuple(str(point) for point in range(1, row.get("points", 7) + 1))
    options = tuple(_first(option) for option in row.get("options") or ())
    return Question(
        f"{after}.{row['name']}" if repeated else row["name"],
        " ".join(_first(row["question"]).split()),
        kind,
        points if kind == SCALE else options,
        _first(row.get("low", "")),
        _first(row.get("high", "")),
        after,
    )


def _first(text: Any) -> str:
    """The text in the language in which answers are stored: the first of several."""
    return str(next(iter(text.values())) if isinstance(text, Mapping) else text)


def with_unknown(questions: list[Question], answers: pd.DataFrame) -> list[Question]:
    """Return the questions, and those that only the answers have.

    Nothing says of what kind these are, so they count as texts, which are not printed.
    """
    known = {question.name for question in questions}
    others = [name for name in answers["question"].unique() if name not in known]
    return [*questions, *(Question(name, name, TEXT) for name in others)]
