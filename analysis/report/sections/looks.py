"""Planned looks at growing data: which one this is, and what its tests must reach."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.data.labels import hypothesis, stratum_label
from analysis.data.study_data import StudyData
from analysis.plan.execution import run_tests
from analysis.plan.plan import Plan
from analysis.report.numbers import count, fixed, p_value
from analysis.report.section import Section
from analysis.report.tables import Table
from analysis.statistics.alpha_spending import critical_values, levels

RULES = {"obrien_fleming": "O’Brien and Fleming’s", "pocock": "Pocock’s"}
NOTE = (
    "Error is spent by the rule of Lan and DeMets (1983), on the share of the full sample that each"
    " look has. With several declared tests each gets an equal part of α (Bonferroni), so its own p"
    " is compared, without a further correction. Critical values are those of one-sided tests."
)

TOO_EARLY = "No look is due yet: the tests of this report are not to be read."


def looks_sections(study: StudyData, plan: Plan) -> list[Section]:
    """The section, where the protocol plans looks."""
    stopping = study.protocol.get("stopping") or {}
    size = int((study.protocol.get("sample") or {}).get("size") or 0)
    planned = [*stopping.get("looks", ()), size]
    if len(planned) < 2 or not size or not plan.tests:
        return []
    spending = stopping.get("spending", "obrien_fleming")
    return [_section(study, plan, [int(n) for n in planned], spending)]


def _section(study: StudyData, plan: Plan, planned: Sequence[int], spending: str) -> Section:
    n, alpha = study.n_participants, plan.alpha / len(plan.tests)
    due = sum(each <= n for each in planned)
    fractions = fractions_of(planned, n)
    looks = pd.DataFrame(
        {
            "look": range(1, len(planned) + 1),
            "n_planned": planned,
            "fraction": fractions,
            "critical_z": critical_values(fractions, alpha, spending),
            "level": levels(fractions, alpha, spending),
        }
    )
    results = _judged(study, plan, fractions, spending, due) if due else []
    return Section(
        title="Planned looks",
        paragraphs=[_which(n, planned, due, spending), *map(_sentence, results)],
        tables=[_table(looks)],
        warnings=[]
        if due
        else ["No look is due yet: the tests of this report are not to be read."],
        numbers={
            "looks": {"due": due, "planned": looks.to_dict("records"), "tests": results},
        },
    )


def fractions_of(planned: Sequence[int], n: int) -> list[float]:
    """Return the share of the full sample at each look; the latest one due has all `n`.

    More than planned at the last look do not spend more than everything.
    """
    full, due = planned[-1], sum(each <= n for each in planned)
    actual = [n if place == due else each for place, each in enumerate(planned, start=1)]
    return [min(each / full, 1.0) for each in actual]


def _judged(
    study: StudyData, plan: Plan, fractions: Sequence[float], spending: str, due: int
) -> list[dict[str, Any]]:
    """Each declared test, and whether it is beyond what its look asks for."""
    tests = run_tests(study.scores, plan, study.design)
    rows = tests[tests["family"] == "declared"].to_dict("records")
    alpha = plan.alpha / len(plan.tests)
    judged = []
    for row in rows:
        is_two_sided = row["alternative"] == "two-sided"
        level = levels(fractions[:due], alpha, spending, is_two_sided)[-1]
        named = {key: row[key] for key in ("stratum", "condition_a", "condition_b", "alternative")}
        is_beyond = bool(row["p_value"] < level)
        judged.append(named | {"p_value": row["p_value"], "level": level, "is_beyond": is_beyond})
    return judged


def _which(n: int, planned: Sequence[int], due: int, spending: str) -> str:
    looks = ", ".join(count(each) for each in planned)
    rule = f"The protocol plans looks at {looks} participants, by {RULES[spending]} spending rule."
    if not due:
        return f"{rule} {count(n)} are analysed here, fewer than at the first look."
    return f"{rule} With {count(n)} analysed, this is look {due} of {len(planned)}."


def _sentence(row: Mapping[str, Any]) -> str:
    claim = hypothesis(row["condition_a"], row["condition_b"], row["alternative"])
    end = "recruitment may stop for it" if row["is_beyond"] else "not beyond the bound"
    return (
        f"{stratum_label(row['stratum'])}, {claim}: p = {p_value(row['p_value'])}, must be below"
        f" {row['level']:.2g} at this look: {end}."
    )


def _table(looks: pd.DataFrame) -> Table:
    shown = pd.DataFrame(
        {
            "Look": looks["look"].map(count),
            "Participants": looks["n_planned"].map(count),
            "Share": looks["fraction"].map(fixed),
            "Z": looks["critical_z"].map(lambda z: fixed(z, 3)),
            "p below": looks["level"].map(lambda level: f"{level:.2g}"),
        }
    )
    return Table("table_looks", "What a one-sided test must reach at each look", looks, shown, NOTE)
