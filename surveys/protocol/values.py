"""Reads single values of a protocol file and says where one was wrong, and what would be right."""

import re
from dataclasses import MISSING, fields
from datetime import date
from difflib import get_close_matches
from typing import Any

from surveys.protocol.problems import ABSENT, ProblemCollector, recovering
from surveys.protocol.sections import Text

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_TEXT = 20_000
# Stands for any language, after a list of languages that could not be read.
ANY_LANGUAGE: tuple[str, ...] = ()


class ValueReader(ProblemCollector):
    """The reader of one file; each method takes the key's full name for its error.

    What a method cannot read is noted among the problems, and a fallback is returned.
    """

    languages: tuple[str, ...] = ("en",)

    def keys(self, table: Any, kind: type, where: str) -> dict[str, Any]:
        """The table, after noting keys that the dataclass does not have.

        Those that it needs and that are missing are noted, too, and become ABSENT in the table,
        which every reading method passes over.
        """
        if not isinstance(table, dict):
            raise self.error(where.rstrip("."), table, "a table")
        known = {row.name: row for row in fields(kind)}
        for key in table:
            if key not in known:
                near = get_close_matches(str(key), known, n=1)
                hint = f" (did you mean {near[0]}?)" if near else ""
                self.note(
                    self.problem(
                        f"{where}{key}",
                        f"unknown key {where}{key}{hint}; known here are {', '.join(known)}.",
                    )
                )
        for key, row in known.items():
            required = row.default is MISSING and row.default_factory is MISSING
            if required and key not in table:
                sentence = f"the file lacks the key {where}{key}, which is needed."
                self.note(self.problem(f"{where}{key}", sentence))
                table[key] = ABSENT
        return table

    @recovering("")
    def slug(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) > 50 or not SLUG.fullmatch(value):
            raise self.error(
                "slug", value, "at most 50 lower-case letters, digits and single hyphens"
            )
        return value

    @recovering("")
    def plain(self, key: str, value: Any, longest: int = 500) -> str:
        """A text that is the same in every language."""
        if not isinstance(value, str) or not value.strip() or len(value) > longest:
            raise self.error(key, value, f"a text of 1 to {longest} characters")
        return value.strip()

    def text(self, key: str, value: Any, longest: int = LONGEST_TEXT) -> Text:
        """A text, or a table with one text for each of the protocol's languages."""
        if isinstance(value, dict):
            return self._in_languages(key, value, longest)
        return self.plain(key, value, longest)

    @recovering({})
    def _in_languages(self, key: str, value: dict[str, Any], longest: int) -> dict[str, str]:
        if self.languages is ANY_LANGUAGE:
            return {}
        if set(value) != set(self.languages):
            languages = ", ".join(self.languages)
            raise self.error(key, value, f"one text for each of the languages {languages}")
        return {code: self.plain(f"{key}.{code}", value[code], longest) for code in self.languages}

    @recovering(())
    def texts(self, key: str, value: Any, fewest: int) -> tuple[Text, ...]:
        if not isinstance(value, list) or not fewest <= len(value) <= 100:
            raise self.error(key, value, f"a list of {fewest} to 100 texts")
        return tuple(
            self.text(f"{key}[{index}]", part, longest=500)
            for index, part in enumerate(value, start=1)
        )

    @recovering(1)
    def whole(self, key: str, value: Any, lowest: int, highest: int) -> int:
        # bool is a kind of int in Python, not in TOML.
        if type(value) is not int or not lowest <= value <= highest:
            raise self.error(key, value, f"a whole number from {lowest} to {highest}")
        return value

    @recovering(())
    def wholes(self, key: str, value: Any, lowest: int, highest: int) -> tuple[int, ...]:
        if not isinstance(value, list) or len(value) > 100:
            raise self.error(key, value, "a list of at most 100 whole numbers")
        return tuple(
            self.whole(f"{key}[{index}]", part, lowest, highest)
            for index, part in enumerate(value, start=1)
        )

    @recovering(False)
    def flag(self, key: str, value: Any) -> bool:
        if type(value) is not bool:
            raise self.error(key, value, "true or false")
        return value

    @recovering("")
    def choice(self, key: str, value: Any, choices: tuple[str, ...]) -> str:
        if value not in choices:
            raise self.error(key, value, f"one of {', '.join(map(repr, choices))}")
        return str(value)

    @recovering("")
    def day(self, key: str, value: Any) -> str:
        """A date, as ISO text."""
        # A moment is a kind of date in Python, not in TOML.
        if type(value) is not date:
            raise self.error(key, value, "a date such as 2030-01-31, without quotes")
        return value.isoformat()

    def tables(self, key: str, value: Any, right: str) -> list[Any]:
        if value is ABSENT:
            return []
        if not isinstance(value, list) or not value:
            raise self.error(key, value, right)
        return value
