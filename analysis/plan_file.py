"""Reads an analysis plan from TOML: what was declared before the data were seen."""

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

from analysis.errors import PlanError
from analysis.exclusions import Thresholds
from analysis.plan import METHODS, Plan, PlannedTest

KEYS = (
    "origin",
    "tests",
    "exploratory",
    "exclusions",
    "equivalence_margin",
    "method",
    "continuity",
)


def read_plan(path: Path) -> Plan:
    """The plan in a file; raises PlanError, naming the key and what would be right."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PlanError(f"The plan {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise PlanError(f"The plan {path.name} is not valid TOML: {error}.") from error
    _require_known(found, KEYS, path.name)
    declared = _tests(found.get("tests"), f"{path.name}, [[tests]]")
    if not declared:
        raise PlanError(f"{path.name} declares no test; it needs at least one [[tests]] table.")
    return Plan(
        declared=declared,
        exploratory=_tests(found.get("exploratory"), f"{path.name}, [[exploratory]]"),
        origin=str(found.get("origin", f"the plan {path.name}")),
        equivalence_margin=_margin(found.get("equivalence_margin"), path.name),
        thresholds=_thresholds(found.get("exclusions", {}), path.name),
        method=_one_of(found.get("method", "auto"), METHODS, f"{path.name}, method"),
        continuity=_one_of(
            found.get("continuity", True), (True, False), f"{path.name}, continuity"
        ),
    )


def _tests(rows: Any, where: str) -> tuple[PlannedTest, ...]:
    known = [field.name for field in fields(PlannedTest)]
    tests = []
    for row in rows or []:
        if not isinstance(row, dict):
            raise PlanError(f"{where}: each test must be a table, but one is {row!r}.")
        _require_known(row, known, where)
        missing = [name for name in known[:3] if name not in row]
        if missing:
            raise PlanError(f"{where}: a test has no {missing[0]!r}.")
        tests.append(PlannedTest(**row))
    return tuple(tests)


def _thresholds(values: Any, source: str) -> Thresholds:
    known = {field.name: field.type for field in fields(Thresholds)}
    _require_known(values, list(known), f"{source}, [exclusions]")
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise PlanError(
                f"{source}, [exclusions], {name}: must be a number of at least 0, but is {value!r}."
            )
    return Thresholds(**values)


def _one_of(value: Any, allowed: tuple[Any, ...], where: str) -> Any:
    if value not in allowed:
        known = ", ".join(str(each).lower() for each in allowed)
        raise PlanError(f"{where}: must be one of {known}, but is {value!r}.")
    return value


def _margin(value: Any, source: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise PlanError(
            f"{source}, equivalence_margin: must be a difference of accuracies between 0 and 1,"
            f" but is {value!r}."
        )
    return float(value)


def _require_known(values: Any, known: Any, where: str) -> None:
    if not isinstance(values, dict):
        raise PlanError(f"{where}: must be a table, but is {values!r}.")
    unknown = [name for name in values if name not in known]
    if unknown:
        raise PlanError(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(known)}.")
