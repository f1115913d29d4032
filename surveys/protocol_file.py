"""Reads a protocol from its TOML file, strictly: a key that means nothing is an error, too."""

import tomllib
from pathlib import Path
from typing import Any

from django.conf import settings

from surveys.errors import ProtocolError
from surveys.plan_check import plan_problem
from surveys.protocol import QUESTION_ORDERS, Protocol, ProtocolCondition, Texts
from surveys.protocol_section_readers import SectionReader

# A condition's name must not be mistaken for the picture that all conditions share.
RESERVED_CONDITION = "original"
LARGEST_SEED = 2**53


def read_protocol(file: Path, slug: str = "") -> tuple[Protocol, str]:
    """The protocol and the text of its file; `slug` replaces the one in the file.

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
    return _Reader(file).protocol(table | {"slug": slug} if slug else table), text


class _Reader(SectionReader):
    """Turns the whole file into a protocol."""

    def protocol(self, table: Any) -> Protocol:
        self.keys(table, Protocol, "")
        # First of all: every text may have one wording for each of them.
        self.languages = self._languages(table.get("languages", ["en"]))
        conditions = self._conditions(table["conditions"])
        protocol = Protocol(
            slug=self.slug(table["slug"]),
            title=self.text("title", table["title"], longest=200),
            stimulus_set=self.plain("stimulus_set", table["stimulus_set"]),
            seed=self.whole("seed", table["seed"], 0, LARGEST_SEED),
            conditions=conditions,
            question_order=self.choice(
                "question_order", table.get("question_order", "random"), QUESTION_ORDERS
            ),
            texts=self._texts(table.get("texts", {})),
            languages=self.languages,
            labels=self._labels(table.get("labels", {})),
            consent_version=self._consent_version(table.get("consent_version", "")),
            assignment=self.assignment(
                table.get("assignment", {}), sum(arm.ratio for arm in conditions)
            ),
            trials=self.trials(table.get("trials", {})),
            checks=self.checks(table.get("checks", {})),
            comprehension=self.comprehension(table.get("comprehension", {})),
            practice=self.whole("practice", table.get("practice", 0), 0, 100),
            questionnaire=self.questionnaire(table.get("questionnaire", [])),
            panel=self.panel(table.get("panel", {})),
            analysis=self._analysis(table.get("analysis"), [arm.name for arm in conditions]),
        )
        return protocol

    def _conditions(self, arms: Any) -> tuple[ProtocolCondition, ...]:
        tables = self.tables("conditions", arms, "one or more [[conditions]] tables")
        conditions = tuple(self._condition(arm, index) for index, arm in enumerate(tables, start=1))
        names = [arm.name for arm in conditions]
        for name in names:
            if names.count(name) > 1 or name == RESERVED_CONDITION:
                raise self.error(
                    "conditions",
                    name,
                    f"names that differ from each other and from {RESERVED_CONDITION!r}",
                )
        return conditions

    def _condition(self, arm: Any, index: int) -> ProtocolCondition:
        where = f"conditions[{index}]."
        self.keys(arm, ProtocolCondition, where)
        introduction = arm.get("introduction", "")
        return ProtocolCondition(
            name=self.plain(f"{where}name", arm["name"], longest=50),
            ratio=self.whole(f"{where}ratio", arm.get("ratio", 1), 1, 1000),
            introduction=introduction and self.text(f"{where}introduction", introduction),
        )

    def _texts(self, table: Any) -> Texts:
        self.keys(table, Texts, "texts.")
        return Texts(**{key: self.text(f"texts.{key}", value) for key, value in table.items()})

    def _languages(self, value: Any) -> tuple[str, ...]:
        known = tuple(code for code, _ in settings.LANGUAGES)
        if not isinstance(value, list) or not value or len(set(map(str, value))) != len(value):
            raise self.error("languages", value, "a list of different languages")
        return tuple(self.choice("languages", code, known) for code in value)

    def _labels(self, table: Any) -> dict[str, Any]:
        if not isinstance(table, dict):
            raise self.error("labels", table, "a table")
        return {
            name: self.text(f"labels.{name}", value, longest=100) for name, value in table.items()
        }

    def _analysis(self, section: Any, conditions: list[str]) -> dict[str, Any]:
        """The section as it is, once the analysis has found nothing wrong with it."""
        if section is None:
            return {}
        problem = plan_problem(section, conditions)
        if problem:
            raise ProtocolError(f"{self.file}: {problem}")
        return dict(section)

    def _consent_version(self, value: Any) -> str:
        return value and self.plain("consent_version", value, longest=40)
