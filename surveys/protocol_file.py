"""Reads a protocol from its TOML file, strictly: a key that means nothing is an error, too."""

import re
import tomllib
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from surveys.errors import ProtocolError
from surveys.protocol import QUESTION_ORDERS, Protocol, ProtocolCondition, Texts

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# A condition's name must not be mistaken for the picture that all conditions share.
RESERVED_CONDITION = "original"
LARGEST_SEED = 2**53


def read_protocol(file: Path) -> tuple[Protocol, str]:
    """The protocol and the text of its file.

    Raises ProtocolError naming the file, the key, what was found and what would be right.
    """
    try:
        text = file.read_bytes().decode()
    except OSError as error:
        raise ProtocolError(
            f"{file} cannot be read ({error.strerror}); name a protocol file."
        ) from error
    except UnicodeDecodeError as error:
        raise ProtocolError(f"{file} is not a text file in UTF-8; save it as one.") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProtocolError(f"{file} is not valid TOML: {error}.") from error
    return _Reader(file).protocol(table), text


class _Reader:
    """Turns tables into dataclasses and says where a value was wrong."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def protocol(self, table: dict[str, Any]) -> Protocol:
        self._check_keys(table, Protocol, "")
        arms = table["conditions"]
        if not isinstance(arms, list) or not arms:
            raise self._error("conditions", arms, "one or more [[conditions]] tables")
        conditions = tuple(self._condition(arm, index) for index, arm in enumerate(arms, start=1))
        self._check_names([arm.name for arm in conditions])
        return Protocol(
            slug=self._slug(table["slug"]),
            title=self._text("title", table["title"], longest=200),
            stimulus_set=self._text("stimulus_set", table["stimulus_set"]),
            seed=self._whole("seed", table["seed"], 0, LARGEST_SEED),
            conditions=conditions,
            question_order=self._choice(
                "question_order", table.get("question_order", "random"), QUESTION_ORDERS
            ),
            texts=self._texts(table.get("texts", {})),
        )

    def _condition(self, arm: Any, index: int) -> ProtocolCondition:
        where = f"conditions[{index}]."
        self._check_keys(arm, ProtocolCondition, where)
        introduction = arm.get("introduction", "")
        return ProtocolCondition(
            name=self._text(f"{where}name", arm["name"], longest=50),
            ratio=self._whole(f"{where}ratio", arm.get("ratio", 1), 1, 1000),
            introduction=introduction
            and self._text(f"{where}introduction", introduction, longest=20_000),
        )

    def _texts(self, table: Any) -> Texts:
        self._check_keys(table, Texts, "texts.")
        return Texts(
            **{
                key: self._text(f"texts.{key}", value, longest=20_000)
                for key, value in table.items()
            }
        )

    def _check_names(self, names: list[str]) -> None:
        for name in names:
            if names.count(name) > 1 or name == RESERVED_CONDITION:
                raise self._error(
                    "conditions",
                    name,
                    f"names that differ from each other and from {RESERVED_CONDITION!r}",
                )

    def _check_keys(self, table: Any, kind: type, where: str) -> None:
        if not isinstance(table, dict):
            raise self._error(where.rstrip("."), table, "a table")
        known = {row.name: row for row in fields(kind)}
        for key in table:
            if key not in known:
                raise ProtocolError(
                    f"{self.file} has the unknown key {where}{key}; "
                    f"known here are {', '.join(known)}."
                )
        for key, row in known.items():
            required = row.default is MISSING and row.default_factory is MISSING
            if required and key not in table:
                raise ProtocolError(f"{self.file} lacks the key {where}{key}, which is needed.")

    def _slug(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) > 50 or not SLUG.fullmatch(value):
            raise self._error(
                "slug", value, "at most 50 lower-case letters, digits and single hyphens"
            )
        return value

    def _text(self, key: str, value: Any, longest: int = 500) -> str:
        if not isinstance(value, str) or not value.strip() or len(value) > longest:
            raise self._error(key, value, f"a text of 1 to {longest} characters")
        return value.strip()

    def _whole(self, key: str, value: Any, lowest: int, highest: int) -> int:
        # bool is a kind of int in Python, not in TOML.
        if type(value) is not int or not lowest <= value <= highest:
            raise self._error(key, value, f"a whole number from {lowest} to {highest}")
        return value

    def _choice(self, key: str, value: Any, choices: tuple[str, ...]) -> str:
        if value not in choices:
            raise self._error(key, value, f"one of {', '.join(map(repr, choices))}")
        return str(value)

    def _error(self, key: str, found: Any, right: str) -> ProtocolError:
        shown = repr(found)
        shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
        return ProtocolError(f"{self.file}: {key} must be {right}, but is {shown}.")
