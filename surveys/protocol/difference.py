"""What differs between two protocols, key by key, and what may not change any more."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Any

from surveys.protocol.schema import Protocol
from toml_files.positions import join

# Participants are assigned, shown pictures and scored by these. Changing one would make numbers,
# earlier orders and answers, and later ones, those of two different studies.
FROZEN = re.compile(
    r"(slug|stimulus_set|seed|question_order|practice|(trials|items)\..+"
    r"|conditions\[\d+\]\.(name|ratio)|assignment\.(mode|block_sizes.*)"
    r"|checks\.(attention_after.*|repeats)"
    r"|task\.(pictures\[\d+\]\.(kind|place|grid)|told\[\d+\]|\w+_seconds|present_ms|legend)"
    r"|task\.questions\[\d+\]\.(name|kind|options.*|order|cant_tell|points|labels.*|required)"
    # Answers are stored by the questions' names, in the first language.
    r"|questionnaire\[\d+\]\.questions\[\d+\]\.(name|kind|points|options.*)"
    r"|languages\[1\]|dropped\..+"
    # What each participant sees one after another, and what they are shown in between.
    r"|within\..+|blocks\[\d+\]\.(?!introduction).+|before.+|follows|questionnaire\[\d+\]\.name)"
)
WORDS = re.compile(r"\s+|[^\s]+")
# Participants read a line break alone as a space; an empty line begins a paragraph.
SINGLE_BREAK = re.compile(r"(?<!\n)[ \t]*\n[ \t]*(?!\s*\n)")


@dataclass(frozen=True)
class Change:
    """A key whose value differs; None stands for a key that is on one side only."""

    key: str
    before: Any
    after: Any

    @property
    def is_frozen(self) -> bool:
        """Whether it would break the study of those who have begun."""
        return FROZEN.fullmatch(self.key) is not None

    @property
    def is_replaced(self) -> bool:
        """Whether nothing of the value stays, so that two values are compared, not words."""
        return not any(kind == "same" and text.strip() for kind, text in self.words())

    @property
    def in_short(self) -> tuple[str, str]:
        """Both values in one line each, from a little before their first difference on."""
        start = _first_difference(show(self.before), show(self.after))
        return shorten(self.before, start), shorten(self.after, start)

    def __str__(self) -> str:
        return f"{self.key}: {' → '.join(self.in_short)}"

    def words(self) -> list[tuple[str, str]]:
        """Both values as one text, in pieces that are "same", "gone" or "new"."""
        texts = [show(self.before), show(self.after)]
        joined = [SINGLE_BREAK.sub(" ", text) for text in texts]
        # Where only line breaks differ, they are what there is to see.
        before, after = map(WORDS.findall, texts if joined[0] == joined[1] else joined)
        pieces = []
        for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if kind == "equal":
                pieces.append(("same", "".join(before[a:b])))
                continue
            pieces += [("gone", "".join(before[a:b]))] if a < b else []
            pieces += [("new", "".join(after[c:d]))] if c < d else []
        return pieces


def find_changes(before: Protocol, after: Protocol) -> list[Change]:
    """Every key that differs, in the order of the keys; defaults count as given."""
    old, new = dict(_leaves(asdict(before))), dict(_leaves(asdict(after)))
    keys = [*old, *(key for key in new if key not in old)]
    return [Change(key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)]


def show(value: Any) -> str:
    """As a TOML file would have it, but for the quotes around a text."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def shorten(value: Any, start: int = 0, longest: int = 60) -> str:
    """In one line, from a little before `start` on where the whole does not fit."""
    text = "nothing" if value is None else repr(show(value)) if value == "" else show(value)
    text = " ".join(text.split())
    begin = max(0, start - longest // 3) if len(text) > longest else 0
    begin = text.find(" ", begin) + 1 if begin else 0
    text = f"…{text[begin:]}" if begin else text
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _first_difference(before: str, after: str) -> int:
    """How many characters both begin with, with every gap between words taken for one space."""
    one, other = (" ".join(text.split()) for text in (before, after))
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _leaves(part, join(name, key))
    elif isinstance(value, list | tuple):
        for index, part in enumerate(value, start=1):
            yield from _leaves(part, f"{name}[{index}]")
    else:
        yield name, value
