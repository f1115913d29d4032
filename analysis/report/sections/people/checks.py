"""Tries until the instructions were understood, and failed attention checks, where there were any.

Visual checks, which no rule reads, have a section of their own.
"""

from typing import Any

import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from analysis.data.ids import is_one_of
from analysis.data.labels import condition_label
from analysis.data.schema import FAILED_CHECKS, TRIES, Row
from analysis.data.study_data import StudyData
from analysis.report.numbers import count, percent, percent_interval
from analysis.report.section import Section
from analysis.report.sections.people.distributions import distribution_table
from analysis.report.tables import Table
from analysis.statistics.answers.distributions import count_values

SCREENED_OUT = "screened_out"


def check_sections(study: StudyData, participants: pd.DataFrame) -> list[Section]:
    """One section, or none where the study asked nothing to check how participants answer."""
    paragraphs: list[str] = []
    tables: list[Table] = []
    numbers: dict[str, Any] = {}
    if TRIES in participants and (participants[TRIES] > 0).any():
        turned_away = _turned_away(participants)
        paragraphs.append(_understood(turned_away))
        tables += _tries_tables(participants, "group" if study.design.has_blocks else "condition")
        numbers["comprehension_turned_away"] = turned_away
    people = participants[is_one_of(participants["participant_id"], study.analysed)]
    rule = study.protocol.get("checks") or {}
    n_checks = len(rule.get("attention_after") or ())
    if n_checks or (people[FAILED_CHECKS] > 0).any():
        allowed = int(rule.get("allowed_failures", 0))
        tables.append(_attention_table(people, allowed))
        paragraphs.append(_attentive(_attention_of(people, allowed), n_checks, allowed))
    if not tables and not paragraphs:
        return []
    for table in tables:
        numbers[table.name.removeprefix("table_")] = table.numbers.to_dict("records")
    return [Section(_title(tables), paragraphs, tables, numbers=numbers)]


def _title(tables: list[Table]) -> str:
    """Of the checks that the study had."""
    names = {table.name for table in tables}
    attention = "table_attention_checks" in names
    if names - {"table_attention_checks"} or not attention:
        return "Comprehension and attention checks" if attention else "Comprehension checks"
    return "Attention checks"


def _share(n: int, of: int) -> dict[str, float]:
    low, high = proportion_confint(n, of, method="wilson") if of else (float("nan"),) * 2
    return {"share": n / of if of else float("nan"), "ci_low": low, "ci_high": high}


def _in_words(row: Row) -> str:
    ends = percent_interval(row["ci_low"], row["ci_high"])
    return f"{percent(row['share'])} %, Wilson’s 95 % interval {ends}"


def _turned_away(participants: pd.DataFrame) -> dict[str, float]:
    """Of everybody who answered the questions: before they are assigned, nobody has a condition."""
    asked = participants[participants[TRIES] > 0]
    refused = asked["status"].astype(str).eq(SCREENED_OUT)
    understood = asked["condition"].notna() & ~refused
    counts = {
        "n_asked": len(asked),
        "n_assigned": int(understood.sum()),
        "n_assigned_first_try": int((understood & (asked[TRIES] == 1)).sum()),
        "n_turned_away": int(refused.sum()),
        "n_others": int((~understood & ~refused).sum()),
    }
    return counts | _share(counts["n_turned_away"], counts["n_asked"])


def _understood(row: Row) -> str:
    left = (
        f" {count(row['n_others'])} left, or found no place, before they had a condition."
        if row["n_others"]
        else ""
    )
    return (
        f"Of the {count(row['n_asked'])} participants who answered the questions about the"
        f" instructions, {count(row['n_assigned'])} understood them and were assigned,"
        f" {count(row['n_assigned_first_try'])} of them after one try;"
        f" {count(row['n_turned_away'])} were turned away after the last try ({_in_words(row)})."
        f"{left}"
    )


def _tries_tables(participants: pd.DataFrame, unit: str) -> list[Table]:
    """Of everybody who was assigned, analysed or not; none where nobody was."""
    asked = participants[(participants[TRIES] > 0) & participants["condition"].notna()]
    if asked.empty:
        return []
    tries = asked[TRIES].astype(int)
    values = [str(number) for number in range(1, int(tries.max()) + 1)]
    counts = count_values(asked["condition"].astype(str), tries.astype(str), values)
    counts.insert(0, "topic", "About the instructions")
    return [
        distribution_table(
            "table_comprehension",
            f"Tries until the instructions were understood, by {unit}, in participants (percent)",
            counts,
            ("Asked", "Tries"),
            note="All who were assigned, analysed or not, without those who withdrew, whose tries"
            " were deleted.",
        )
    ]


def _attention_of(people: pd.DataFrame, allowed: int) -> dict[str, float]:
    failed = people[FAILED_CHECKS]
    counts = {
        "n_participants": len(people),
        "n_none_failed": int((failed == 0).sum()),
        "n_one_failed": int((failed == 1).sum()),
        "n_more_failed": int((failed > 1).sum()),
        "n_above_allowed": int((failed > allowed).sum()),
    }
    return counts | _share(counts["n_above_allowed"], len(people))


def _attentive(row: Row, n_checks: int, allowed: int) -> str:
    had = f"The protocol has {count(n_checks)} attention check{'' if n_checks == 1 else 's'} and"
    return (
        f"{had if n_checks else 'The study'} allows {count(allowed) if allowed else 'no'}"
        f" failure{'' if allowed == 1 else 's'}. {count(row['n_above_allowed'])} of"
        f" {count(row['n_participants'])} analysed participants failed"
        f" {'more than that' if allowed else 'at least one'} ({_in_words(row)})."
        " The main results include them."
    )


def _attention_table(people: pd.DataFrame, allowed: int) -> Table:
    groups = people.astype({"condition": str}).groupby("condition", sort=True)
    numbers = pd.DataFrame(
        [{"condition": name, **_attention_of(group, allowed)} for name, group in groups]
    )
    text = [
        {
            "Condition": condition_label(row["condition"]),
            "n": count(row["n_participants"]),
            "None failed": count(row["n_none_failed"]),
            "One failed": count(row["n_one_failed"]),
            "Two or more failed": count(row["n_more_failed"]),
            "More than allowed (95 % CI)": f"{count(row['n_above_allowed'])}"
            f" ({percent(row['share'])} %, {percent_interval(row['ci_low'], row['ci_high'])})",
        }
        for row in numbers.to_dict("records")
    ]
    return Table(
        "table_attention_checks",
        "Failed attention checks of the analysed participants",
        numbers,
        pd.DataFrame(text),
        "Wilson’s intervals.",
    )
