"""What is wrong in a file: one sentence for each problem, with its line and key."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a file, and what would be right."""

    file: str
    # From 1; 0 for a table that was not read from a text.
    line: int
    key: str
    sentence: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{place}: {self.sentence}"


class FileError(Exception):
    """Keys or values of a file are unknown, missing or outside their range: one line for each."""

    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> Self:
        """The error of these problems, in the order of their lines."""
        rows = tuple(sorted(problems, key=lambda problem: problem.line))
        error = cls("\n".join(map(str, rows)))
        error.problems = rows
        return error
