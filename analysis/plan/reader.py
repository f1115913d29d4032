"""Reads an analysis plan: what was declared before the data were seen.

It stands in a protocol's [analysis] section or, for scores alone, in a TOML file of its own; both
have the same keys.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from analysis.data.files import read_text
from analysis.data.study_data import StudyData
from analysis.errors import DataError, PlanError
from analysis.plan.exclusions import RULE_NAMES, Thresholds
from analysis.plan.plan import CORRECTIONS, Plan, PlannedTest, require_plan_fits
from analysis.statistics.alternatives import METHODS

KEYS = (
    "origin",
    "conditions",
    "tests",
    "exploratory",
    "exclusions",
    "equivalence_margin",
    "method",
    "continuity",
    "correction",
    "alpha",
)
THRESHOLDS = tuple(field.name for field in fields(Thresholds))
SHARES = ("same_position_share", "cant_tell_share")


def read_plan(path: Path) -> Plan:
    """The plan in a file; raises PlanError, naming the key and what would be right."""
    try:
        found = tomllib.loads(read_text(path))
    except DataError as error:
        raise PlanError(f"The plan {error}") from error
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line \d+, column \d+|end of document", str(error))
        where = f" at {place[0].replace('document', 'the file')}" if place else ""
        raise PlanError(f"The plan {path.name} is not valid TOML{where}.") from error
    return plan_of(found, path.name, f"the plan {path.name}")


def protocol_plan(section: Any) -> Plan:
    """The plan in a protocol's [analysis] section."""
    return plan_of(section, "[analysis]", "the protocol’s analysis plan")


def declared_plan(study: StudyData) -> Plan | None:
    """The plan of the study's protocol; None where it declares none.

    Raises PlanError where the protocol's [analysis] section is wrong.
    """
    return protocol_plan(study.analysis_section) if study.analysis_section else None


def problem_of_section(section: Any, conditions: Sequence[str]) -> str:
    """What is wrong with an [analysis] section of a survey with these conditions; or nothing.

    `load_study` asks this before it takes a protocol, through the setting ANALYSIS_PLAN_CHECK.
    """
    try:
        require_plan_fits(protocol_plan(section), list(conditions), "the protocol has")
    except PlanError as error:
        return str(error)
    return ""


def plan_of(found: Any, source: str, origin: str) -> Plan:
    """The plan of a table; `origin` is what a report calls it unless it names itself."""
    _require_known(found, KEYS, source)
    declared = _tests(found.get("tests"), f"{source}, [[tests]]")
    if not declared:
        raise PlanError(f"{source} declares no test; it needs at least one [[tests]] table.")
    lines = found.get("exclusions", {})
    return Plan(
        declared=declared,
        exploratory=_tests(found.get("exploratory"), f"{source}, [[exploratory]]"),
        conditions=_names(found.get("conditions", []), f"{source}, conditions"),
        origin=_text(found.get("origin", origin), f"{source}, origin"),
        equivalence_margin=_share(found, "equivalence_margin", None, source),
        thresholds=_thresholds(lines, source),
        method=_one_of(found.get("method", "auto"), METHODS, f"{source}, method"),
        continuity=_one_of(found.get("continuity", True), (True, False), f"{source}, continuity"),
        correction=_one_of(found.get("correction", "holm"), CORRECTIONS, f"{source}, correction"),
        alpha=_share(found, "alpha", Plan.alpha, source),
        rules=_rules(lines.get("rules"), source),
    )


def _tests(rows: Any, where: str) -> tuple[PlannedTest, ...]:
    known = [field.name for field in fields(PlannedTest)]
    if rows is not None and not isinstance(rows, list):
        raise PlanError(f"{where}: must be tables in double brackets, but is {rows!r}.")
    tests: list[PlannedTest] = []
    for row in rows or []:
        if not isinstance(row, dict):
            raise PlanError(f"{where}: each test must be a table, but one is {row!r}.")
        _require_known(row, known, where)
        missing = [name for name in known[:3] if name not in row]
        if missing:
            raise PlanError(f"{where}: a test has no {missing[0]!r}.")
        test = PlannedTest(**{name: _text(row[name], f"{where}, {name}") for name in row})
        if test.condition_a == test.condition_b:
            raise PlanError(f"{where}: a test compares {test.condition_a!r} with itself.")
        if test in tests:
            raise PlanError(f"{where}: {test.condition_a!r} against {test.condition_b!r} is twice.")
        tests.append(test)
    return tuple(tests)


def _names(values: Any, where: str) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(name, str) for name in values):
        raise PlanError(f"{where}: must be a list of conditions' names, but is {values!r}.")
    return tuple(values)


def _thresholds(values: Any, source: str) -> Thresholds:
    where = f"{source}, [exclusions]"
    _require_known(values, ("rules", *THRESHOLDS), where)
    lines = {name: value for name, value in values.items() if name != "rules"}
    for name, value in lines.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise PlanError(f"{where}, {name}: must be a number of at least 0, but is {value!r}.")
        if name in SHARES and value > 1:
            raise PlanError(f"{where}, {name}: must be a share of at most 1, but is {value!r}.")
    return Thresholds(**lines)


def _rules(names: Any, source: str) -> tuple[str, ...]:
    if names is None:
        return RULE_NAMES
    if not isinstance(names, list) or not set(map(str, names)) <= set(RULE_NAMES):
        raise PlanError(
            f"{source}, [exclusions], rules: must be a list of {', '.join(RULE_NAMES)}, but is"
            f" {names!r}."
        )
    return tuple(names)


def _text(value: Any, where: str) -> Any:
    if not isinstance(value, str) or not value.strip():
        raise PlanError(f"{where}: must be a text, but is {value!r}.")
    return value


def _one_of(value: Any, allowed: tuple[Any, ...], where: str) -> Any:
    # Of the same type, since 1 == True.
    if not any(value == each and type(value) is type(each) for each in allowed):
        known = ", ".join(str(each).lower() for each in allowed)
        raise PlanError(f"{where}: must be one of {known}, but is {value!r}.")
    return value


def _share(found: dict[str, Any], key: str, default: Any, source: str) -> Any:
    """A number between 0 and 1, neither of them included."""
    value = found.get(key, default)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise PlanError(f"{source}, {key}: must be between 0 and 1, but is {value!r}.")
    return float(value)


def _require_known(values: Any, known: Any, where: str) -> None:
    if not isinstance(values, dict):
        raise PlanError(f"{where}: must be a table, but is {values!r}.")
    unknown = [name for name in values if name not in known]
    if unknown:
        raise PlanError(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(known)}.")
