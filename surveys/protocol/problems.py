"""Collects all problems of a protocol file, so that they are told at once and not one by one.

A wrong value does not end the reading: it is noted, and something harmless takes its place.
"""

import re
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

from surveys.errors import Problem, ProtocolError
from surveys.protocol.positions import Place

Read = TypeVar("Read", bound=Callable[..., Any])
LAST_PART = re.compile(r"(\.[^.\[\]]+|\[\d+\])$")


class Absent:
    """Stands for a needed value that is missing, which has been noted already."""


ABSENT = Absent()


def recovering(fallback: object) -> Callable[[Read], Read]:
    """Lets a reading method note what is wrong and return `fallback` instead of raising."""

    def decorate(read: Read) -> Read:
        @wraps(read)
        def reading(self: "ProblemCollector", *args: Any, **kwargs: Any) -> Any:
            if any(value is ABSENT for value in args):
                return fallback
            try:
                return read(self, *args, **kwargs)
            except ProtocolError as error:
                self.note(error)
                return fallback

        return cast(Read, reading)

    return decorate


class ProblemCollector:
    """Knows the file's name and where each of its keys stands."""

    def __init__(self, file: Path | str, places: Mapping[str, Place] | None = None) -> None:
        self.file, self.places = file, places or {}
        self.problems: list[Problem] = []

    def error(self, key: str, found: Any, right: str) -> ProtocolError:
        shown = repr(found)
        shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
        return self.problem(key, f"{key} must be {right}, but is {shown}.")

    def problem(self, key: str, sentence: str) -> ProtocolError:
        """An error about that key, to be raised or, for more of them, noted."""
        return ProtocolError.of([Problem(str(self.file), self.line_of(key), key, sentence)])

    def note(self, error: ProtocolError) -> None:
        """Keep the error's problems; one that names no place is about the file as a whole."""
        sentence = str(error).removeprefix(f"{self.file}: ")
        self.problems += error.problems or [Problem(str(self.file), 1, "", sentence)]

    def has_problem(self, section: str) -> bool:
        return any(re.match(rf"{re.escape(section)}\b", row.key) for row in self.problems)

    def line_of(self, key: str) -> int:
        """The line of the key or, when it is not in the file, of the table it belongs to."""
        while key and key not in self.places:
            key, shorter = LAST_PART.sub("", key), key
            if key == shorter:
                return 1
        return self.places[key].line if key else 1

    def raise_problems(self) -> None:
        if self.problems:
            raise ProtocolError.of(self.problems)
