"""Reads a protocol from its TOML file, strictly: a key that means nothing is an error, too."""

import re
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from surveys.errors import Problem, ProtocolError
from surveys.protocol.positions import find_places
from surveys.protocol.problems import recovering
from surveys.protocol.schema import QUESTION_ORDERS, Protocol, ProtocolCondition, Texts
from surveys.protocol.section_readers import SectionReader
from surveys.protocol.values import ANY_LANGUAGE

# A condition's name must not be mistaken for the picture that all conditions share.
RESERVED_CONDITION = "original"
LARGEST_SEED = 2**53
TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def read_text(file: Path) -> str:
    try:
        return file.read_bytes().decode()
    except OSError as error:
        raise ProtocolError(
            f"{file} cannot be read ({error.strerror}); name a protocol file."
        ) from error
    except UnicodeDecodeError as error:
        raise ProtocolError(f"{file} is not a text file in UTF-8; save it as one.") from error


def parse_protocol(text: str, file: Path | str, slug: str = "") -> Protocol:
    """As `read_protocol`, for a text that has been read already; `file` is only named."""
    text = text.replace("\r\n", "\n")
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProtocolError.of([_toml_problem(text, file, str(error))]) from error
    reader = _Reader(file, find_places(text))
    protocol = reader.protocol(table | {"slug": slug} if slug else table)
    reader.raise_problems()
    return protocol


def _toml_problem(text: str, file: Path | str, message: str) -> Problem:
    place = TOML_PLACE.search(message)
    line, column = (place[1], place[2]) if place and place[1] else (text.count("\n") + 1, "")
    where = f" at column {column}" if column else " at the end of the file"
    reason = TOML_PLACE.sub("", message)
    return Problem(str(file), int(line), "", f"this is not valid TOML: {reason}{where}.")


class _Reader(SectionReader):
    """Turns the whole file into a protocol."""

    def protocol(self, table: Any) -> Protocol:
        self.keys(table, Protocol, "")
        # First of all: every text may have one wording for each of them.
        self.languages = self._languages(table.get("languages", ["en"]))
        conditions = self._conditions(table["conditions"])
        sample = self.sample(table.get("sample", {}))
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
            assignment=self.assignment(table.get("assignment", {}), self._cycle(conditions)),
            trials=self.trials(table.get("trials", {})),
            checks=self.checks(table.get("checks", {})),
            comprehension=self.comprehension(table.get("comprehension", {})),
            practice=self.whole("practice", table.get("practice", 0), 0, 100),
            questionnaire=self.questionnaire(table.get("questionnaire", [])),
            panel=self.panel(table.get("panel", {})),
            analysis=self._analysis(table.get("analysis"), [arm.name for arm in conditions]),
            sample=sample,
            stopping=self.stopping(table.get("stopping", {}), sample),
            dropped=self._dropped(table.get("dropped", {})),
        )
        return protocol

    @recovering(())
    def _conditions(self, arms: Any) -> tuple[ProtocolCondition, ...]:
        tables = self.tables("conditions", arms, "one or more [[conditions]] tables")
        conditions = tuple(self._condition(arm, index) for index, arm in enumerate(tables, start=1))
        names = [arm.name for arm in conditions]
        for index, name in enumerate(names, start=1):
            if name and (name in names[: index - 1] or name == RESERVED_CONDITION):
                self.note(
                    self.error(
                        f"conditions[{index}].name",
                        name,
                        f"names that differ from each other and from {RESERVED_CONDITION!r}",
                    )
                )
        return conditions

    @recovering(ProtocolCondition(""))
    def _condition(self, arm: Any, index: int) -> ProtocolCondition:
        where = f"conditions[{index}]."
        self.keys(arm, ProtocolCondition, where)
        introduction = arm.get("introduction", "")
        return ProtocolCondition(
            name=self.plain(f"{where}name", arm["name"], longest=50),
            ratio=self.whole(f"{where}ratio", arm.get("ratio", 1), 1, 1000),
            introduction=introduction and self.text(f"{where}introduction", introduction),
        )

    def _cycle(self, conditions: tuple[ProtocolCondition, ...]) -> int:
        """The sum of the ratios; 1, which divides everything, when they could not be read."""
        return 1 if self.has_problem("conditions") else sum(arm.ratio for arm in conditions)

    @recovering(Texts())
    def _texts(self, table: Any) -> Texts:
        self.keys(table, Texts, "texts.")
        read = {key: self.text(f"texts.{key}", value) for key, value in table.items()}
        return Texts(**{key: read[key] for key in read if key in Texts.__dataclass_fields__})

    @recovering(ANY_LANGUAGE)
    def _languages(self, value: Any) -> tuple[str, ...]:
        known = tuple(code for code, _ in settings.LANGUAGES)
        if not isinstance(value, list) or not value or len(set(map(str, value))) != len(value):
            raise self.error("languages", value, "a list of different languages")
        for index, code in enumerate(value, start=1):
            if code not in known:
                right = f"one of {', '.join(map(repr, known))}"
                raise self.error(f"languages[{index}]", code, right)
        return tuple(value)

    @recovering({})
    def _labels(self, table: Any) -> dict[str, Any]:
        if not isinstance(table, dict):
            raise self.error("labels", table, "a table")
        return {
            name: self.text(f"labels.{name}", value, longest=100) for name, value in table.items()
        }

    @recovering({})
    def _dropped(self, table: Any) -> dict[str, str]:
        if not isinstance(table, dict):
            raise self.error("dropped", table, "a table of items, each with the reason")
        return {name: self.plain(f"dropped.{name}", value) for name, value in table.items()}

    @recovering({})
    def _analysis(self, section: Any, conditions: list[str]) -> dict[str, Any]:
        """The section as it is, once the analysis has found nothing wrong with it."""
        if section is None or self.has_problem("conditions"):
            return {}
        problems = plan_problems(section, conditions)
        for key, sentence in problems:
            self.note(self.problem(key, sentence))
        return {} if problems else dict(section)

    def _consent_version(self, value: Any) -> str:
        return value and self.plain("consent_version", value, longest=40)


def plan_problems(section: Any, conditions: Sequence[str]) -> list[tuple[str, str]]:
    """What is wrong with the section of a protocol with these conditions: keys and sentences."""
    check: Callable[[Any, Sequence[str]], list[tuple[str, str]]]
    check = import_string(settings.ANALYSIS_PLAN_CHECK)
    return check(section, conditions)
