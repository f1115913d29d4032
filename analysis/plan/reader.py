"""Reads an analysis plan: what was declared before the data were seen.

It stands in a protocol's [analysis] section or, for scores alone, in a TOML file of its own; both
have the same keys.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from analysis.data.designs import Design
from analysis.data.study_data import StudyData
from analysis.errors import PlanError
from analysis.plan.exclusions import DEFAULTS, Exclusions
from analysis.plan.plan import Plan, PlannedTest, misfit_of
from toml_files.document import Document, read_text
from toml_files.reading import read

SECTION = "analysis"


def read_plan(path: Path) -> Plan:
    """The plan in a file; raises PlanError with every wrong key, and what would be right."""
    document = Document.parse(read_text(path, PlanError, "plan"), path.name, PlanError)
    plan = read(Plan, document)
    document.raise_problems()
    return plan if "origin" in document.table else replace(plan, origin=f"the plan {path.name}")


def declared_plan(study: StudyData) -> Plan | None:
    """Return the plan of the study's protocol as `plan_of_section` does."""
    return plan_of_section(study.analysis_section, study.protocol)


def plan_of_section(section: Any, protocol: Mapping[str, Any]) -> Plan | None:
    """Return the plan in a protocol's [analysis] section, or None where there is none.

    A plan without a number of failed checks has the protocol's. Raises PlanError where it is wrong.
    """
    name = "the protocol’s analysis plan"
    if not section:
        return None
    document = Document(name, {SECTION: section}, PlanError)
    plan = read(Plan, document, SECTION)
    document.raise_problems()
    if "failed_checks" not in section.get("exclusions", {}):
        failed = default_exclusions(protocol).failed_checks
        plan = replace(plan, exclusions=replace(plan.exclusions, failed_checks=failed))
    return plan if "origin" in section else replace(plan, origin=name)


def default_exclusions(protocol: Mapping[str, Any]) -> Exclusions:
    """Return the default rules, which allow as many failed checks as the protocol does."""
    allowed = (protocol.get("checks") or {}).get("allowed_failures") or 0
    return replace(DEFAULTS, failed_checks=int(allowed) + 1)


def problems_of_section(
    section: Any, conditions: Sequence[str], shared: Sequence[str] = ()
) -> list[tuple[str, str]]:
    """What is wrong with an [analysis] section of a survey with these conditions, key by key.

    `shared` are the conditions that every participant sees, as in within-person designs.
    `load_study` asks this before it takes a protocol, through the setting ANALYSIS_PLAN_CHECK.
    """
    document = Document("", {SECTION: section}, PlanError)
    plan = read(Plan, document, SECTION)
    for key in ("tests", "exploratory"):
        for index, test in enumerate(getattr(plan, key) or (), start=1):
            where = f"{SECTION}.{key}[{index}]"
            _note_unknown(test, where, conditions, document)
            _note_misfit(test, where, Design(shared=tuple(shared)), document)
    return [(row.key, row.sentence) for row in document.problems]


def _note_misfit(test: Any, where: str, design: Design, document: Document) -> None:
    """A test that cannot compare these conditions; one that could not be read is left alone."""
    if isinstance(test, PlannedTest) and not document.has_problem(where):
        misfit = misfit_of(test, design)
        if misfit:
            document.note(f"{where}.test", f"{where}.test {misfit}")


def _note_unknown(test: Any, where: str, conditions: Sequence[str], document: Document) -> None:
    for key in ("condition_a", "condition_b"):
        name = getattr(test, key, None)
        if name is not None and name not in conditions:
            known = ", ".join(conditions)
            sentence = f"{where}.{key} is {name!r}, but the protocol has {known}."
            document.note(f"{where}.{key}", sentence)
