"""A TOML file in memory, and the problems found in it so far."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, Self

from toml_files.positions import find_lines
from toml_files.problems import FileError, Problem

TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
# A key whose value begins like a word, or like a text that does not end on its line.
UNQUOTED = re.compile(r"""\s*([\w.-]+)\s*=\s*((?!true\b|false\b|\"{3})(?:"|[^\W\d]).*)$""")
LAST_PART = re.compile(r"(\.[^.\[\]]+|\[\d+\])$")


@dataclass(frozen=True)
class Document:
    """Knows the line of each key; without lines, a table that no text was read for."""

    name: str
    table: dict[str, Any]
    # What `raise_problems` raises.
    error: type[FileError]
    lines: Mapping[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def parse(cls, text: str, name: Path | str, error: type[FileError]) -> Self:
        """The document of a text; raises `error` with the line where it is no TOML."""
        text = text.replace("\r\n", "\n")
        try:
            return cls(str(name), tomllib.loads(text), error, find_lines(text))
        except tomllib.TOMLDecodeError as wrong:
            raise error.of([_toml_problem(text, str(name), str(wrong))]) from wrong

    def line_of(self, key: str) -> int:
        """The line of the key or, when it is not in the file, of the table it belongs to."""
        while key and key not in self.lines:
            key, longer = LAST_PART.sub("", key), key
            if key == longer:
                break
        return self.lines.get(key, 1 if self.lines else 0)

    def note(self, key: str, sentence: str, line: int = 0) -> None:
        """Add a problem; `line` is the key's own unless given."""
        self.problems.append(Problem(self.name, line or self.line_of(key), key, sentence))

    def has_problem(self, key: str) -> bool:
        """Whether something is wrong with the key, with what is below it, or with its table."""
        return any(_covers(key, row.key) or _covers(row.key, key) for row in self.problems)

    def refuse(self, key: str, sentence: str) -> NoReturn:
        """Add a problem after which nothing more can be checked."""
        self.note(key, sentence)
        raise self.error.of(self.problems)

    def raise_problems(self) -> None:
        if self.problems:
            raise self.error.of(self.problems)


def read_text(file: Path, error: type[FileError], what: str) -> str:
    """The text of a file; raises `error` where it cannot be read or is not UTF-8."""
    try:
        return file.read_bytes().decode()
    except OSError as wrong:
        raise error(
            f"The {what} {file} cannot be read ({wrong.strerror}); name a TOML file."
        ) from wrong
    except UnicodeDecodeError as wrong:
        raise error(f"The {what} {file} is not UTF-8 text; save it as a TOML file.") from wrong


def _covers(outer: str, inner: str) -> bool:
    return inner == outer or inner.startswith((f"{outer}.", f"{outer}["))


def _toml_problem(text: str, name: str, message: str) -> Problem:
    place = TOML_PLACE.search(message)
    line, column = (place[1], place[2]) if place and place[1] else (text.count("\n") + 1, "")
    where = f" at column {column}" if column else " at the end of the file"
    reason = TOML_PLACE.sub("", message)
    lines = text.splitlines()
    advice = _quotes_advice(lines[int(line) - 1] if int(line) <= len(lines) else "")
    return Problem(name, int(line), "", f"this is not valid TOML: {reason}{where}{advice}.")


def _quotes_advice(line: str) -> str:
    """What to do about a text without quotation marks, or with only one; else nothing."""
    found = UNQUOTED.match(line)
    if not found or found[2].count('"') > 1:
        return ""
    words = found[2].strip('" ')
    return f'; a text stands between quotation marks: {found[1]} = "{words}"'
