"""Finds where each key of a TOML text stands, which Python's own parser does not tell."""

import json
import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass

DROPS = "dropped"
DROPS_HEADER = f"[{DROPS}]"

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
# The longest first: three quotes begin a text of several lines, which may end in two more quotes.
TEXTS = (
    re.compile(r'"""(?:\\.|[^\\])*?"""(?:"{0,2}(?!"))', re.DOTALL),
    re.compile(r"'''.*?'''(?:'{0,2}(?!'))", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\])*"'),
    re.compile(r"'[^']*'"),
)
SPACE = re.compile(r"[ \t]*")
# Between two expressions, or inside an array: space, lines, comments and commas.
BETWEEN = re.compile(r"(?:[ \t\n,]|#[^\n]*)*")
SCALAR = re.compile(r"[^,\]}#\n]*[^,\]}#\n \t]")


@dataclass(frozen=True)
class Place:
    """The line of a key, from 1, and where its value begins and ends in the text."""

    line: int
    start: int
    end: int


def find_places(text: str) -> dict[str, Place]:
    """The full name of each key, such as `conditions[2].ratio`, and its place.

    `text` must be valid TOML with plain line breaks; what tomllib refuses was not looked for.
    """
    return _Scanner(text).document()


def set_value(text: str, key: str, value: str) -> str:
    """The TOML text with this text, which has no quotes in it, as the value of a key that it has.

    All else stays as it was: comments, order, spaces. Without the key, or if it is not valid TOML,
    the text comes back unchanged; whoever reads it will say so.
    """
    text = text.replace("\r\n", "\n")
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return text
    place = find_places(text).get(key)
    if place is None:
        return text
    return f'{text[: place.start]}"{value}"{text[place.end :]}'


def join(parent: str, key: str) -> str:
    return f"{parent}.{key}" if parent else key


class _Scanner:
    """Walks once over the text; `at` is where it stands."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.breaks = [match.start() for match in re.finditer("\n", text)]
        self.places: dict[str, Place] = {}
        # The name of each array of tables, and how many of its tables have come so far.
        self.arrays: dict[str, int] = {}

    def document(self) -> dict[str, Place]:
        table = ""
        while self._skip(BETWEEN) < len(self.text):
            if self.text.startswith("[", self.at):
                table = self._header()
            else:
                self._pair(table)
        return self.places

    def _header(self) -> str:
        """The full name of the table that begins here: `[panel.codes]` or `[[conditions]]`."""
        start, is_array = self.at, self.text.startswith("[[", self.at)
        self.at += 1 + is_array
        keys = self._keys()
        self.at += 1 + is_array
        name = ""
        for index, key in enumerate(keys, start=1):
            name = join(name, key)
            self._note(name, start)
            if is_array and index == len(keys):
                self.arrays[name] = self.arrays.get(name, 0) + 1
            if name in self.arrays:
                name = f"{name}[{self.arrays[name]}]"
        self._note(name, start)
        return name

    def _pair(self, table: str) -> None:
        start, name = self.at, table
        keys = self._keys()
        for key in keys[:-1]:
            name = join(name, key)
            self._note(name, start)
        self._skip(SPACE)
        self.at += len("=")
        self._skip(SPACE)
        self._value(join(name, keys[-1]), start)

    def _keys(self) -> list[str]:
        """The parts of a dotted key."""
        keys = []
        while True:
            self._skip(SPACE)
            keys.append(self._key())
            self._skip(SPACE)
            if not self.text.startswith(".", self.at):
                return keys
            self.at += len(".")

    def _key(self) -> str:
        start = self.at
        if self._take(BARE_KEY):
            return self.text[start : self.at]
        self._take_text()
        unquoted: str = tomllib.loads(f"key = {self.text[start : self.at]}")["key"]
        return unquoted

    def _value(self, name: str, key_start: int) -> None:
        start = self.at
        if self.text.startswith("[", self.at):
            self._array(name)
        elif self.text.startswith("{", self.at):
            self._inline_table(name)
        elif not self._take_text():
            self._take(SCALAR)
        self._note(name, key_start, start)

    def _array(self, name: str) -> None:
        self.at += len("[")
        index = 0
        while self.text[self._skip(BETWEEN)] != "]":
            index += 1
            self._value(f"{name}[{index}]", self.at)
        self.at += len("]")

    def _inline_table(self, name: str) -> None:
        self.at += len("{")
        while self.text[self._skip(BETWEEN)] != "}":
            self._pair(name)
        self.at += len("}")

    def _take_text(self) -> bool:
        return any(self._take(pattern) for pattern in TEXTS)

    def _take(self, pattern: re.Pattern[str]) -> bool:
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return match is not None

    def _skip(self, pattern: re.Pattern[str]) -> int:
        self._take(pattern)
        return self.at

    def _note(self, name: str, key_start: int, start: int | None = None) -> None:
        """The first place of a name stands; a table's later parts only add to it."""
        line = bisect_right(self.breaks, key_start - 1) + 1
        begins = key_start if start is None else start
        self.places.setdefault(name, Place(line, begins, self.at))


def with_drop(text: str, item: str, reason: str) -> str:
    """The TOML text with one more dropped item.

    A table that is written in one line stays as it is; loading the text shows so.
    """
    text = text.replace("\r\n", "\n")
    key = item if BARE_KEY.fullmatch(item) else json.dumps(item)
    row = f"{key} = {json.dumps(reason, ensure_ascii=False)}\n"
    place = find_places(text).get(DROPS)
    if place is None:
        return f"{text.rstrip()}\n\n{DROPS_HEADER}\n{row}"
    lines = text.splitlines(keepends=True)
    if lines[place.line - 1].strip().startswith(DROPS_HEADER):
        lines.insert(place.line, row)
    return "".join(lines)


def without_drop(text: str, item: str) -> str:
    """The TOML text without that dropped item, and without the table when it was the last one."""
    text = text.replace("\r\n", "\n")
    lines = text.splitlines(keepends=True)
    for key in (f"{DROPS}.{item}", DROPS):
        place = find_places("".join(lines)).get(key)
        if place is None or (key == DROPS and tomllib.loads("".join(lines)).get(DROPS)):
            break
        last = "".join(lines).count("\n", 0, place.end) if key != DROPS else place.line - 1
        del lines[place.line - 1 : last + 1]
    return "".join(lines)
