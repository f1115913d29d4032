"""The plan's tests without the participants who meet an exclusion rule."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.data.ids import is_one_of
from analysis.data.labels import capital, condition_label, hypothesis, stratum_label, where
from analysis.data.schema import Row
from analysis.data.scores import conditions_of
from analysis.data.study_data import StudyData
from analysis.plan.exclusions import apply_rules
from analysis.plan.execution import run_tests
from analysis.plan.plan import Plan
from analysis.report.numbers import count, fixed, interval, p_value
from analysis.report.section import Section
from analysis.report.tables import Table
from analysis.statistics.multiplicity import ADJUSTMENT_LABELS

ALL_OF_THEM, WITHOUT = "All", "Without them"


def robustness_section(
    study: StudyData, trials: pd.DataFrame, participants: pd.DataFrame, plan: Plan
) -> Section:
    """Exclusions by rule, and the plan's tests with and without them."""
    # Participants of a study in blocks are counted by their arm, since they see several conditions.
    shown = participants if study.design.has_blocks else trials
    counts, excluded = apply_rules(trials, participants, plan.exclusions, shown)
    kept = study.scores[~is_one_of(study.scores["participant_id"], excluded)]
    tables = [_count_table(counts)]
    n = len(excluded)
    paragraphs = [_sentence(n, study.n_participants, plan)]
    numbers: dict[str, Any] = {"exclusions": counts.to_dict("records"), "n_excluded": n}
    if n and plan.tests and set(conditions_of(kept)) == set(conditions_of(study.scores)):
        once = replace(plan, exploratory=())
        both = pd.concat(
            [
                run_tests(study.scores, once, study.design).assign(participants=ALL_OF_THEM),
                run_tests(kept, once, study.design).assign(participants=WITHOUT),
            ]
        )
        tables.append(_test_table(both, plan))
        numbers["tests_without_excluded"] = both.to_dict("records")
        paragraphs.append(_what_changes(numbers["tests_without_excluded"], plan))
    elif n and plan.tests:
        paragraphs.append("Without them, a condition is empty and cannot be compared.")
    return Section(
        title="With and without exclusions (exploratory)",
        paragraphs=paragraphs,
        tables=tables,
        numbers=numbers,
    )


def _number(n: int) -> str:
    return "one" if n == 1 else count(n)


def _sentence(n_excluded: int, participants: int, plan: Plan) -> str:
    if not n_excluded:
        tests = f"; the {plan.kind} tests stay as they are" if plan.tests else ""
        if participants == 1:
            return f"The only participant met no exclusion rule{tests}."
        return f"None of the {count(participants)} participants met an exclusion rule{tests}."
    s = "" if participants == 1 else "s"
    return f"{count(n_excluded)} of {count(participants)} participant{s} met an exclusion rule."


def changed_outcomes(rows: list[Row], alpha: float) -> list[tuple[Row, Row]]:
    """Return each test, with all and without the excluded, of which only one is supported."""
    found: dict[tuple[Any, ...], dict[str, Row]] = {}
    for row in rows:
        key = tuple(row[name] for name in ("stratum", "condition_a", "condition_b", "alternative"))
        found.setdefault(key, {})[row["participants"]] = row
    pairs = [(each[ALL_OF_THEM], each[WITHOUT]) for each in found.values()]
    return [
        (whole, kept)
        for whole, kept in pairs
        if (whole["p_adjusted"] < alpha) != (kept["p_adjusted"] < alpha)
    ]


def exclusion_sentences(numbers: Mapping[str, Any], plan: Plan) -> Iterator[str]:
    """For the head of the report, whether the second analysis comes to other outcomes."""
    rows = numbers.get("tests_without_excluded", [])
    if n := len(changed_outcomes(rows, plan.alpha)):
        yield (
            f"Without the {_number(numbers['n_excluded'])} who met an exclusion rule, {count(n)} of"
            f" the {count(len(rows) // 2)} tests {'has' if n == 1 else 'have'} another outcome."
        )


def _what_changes(rows: list[Row], plan: Plan) -> str:
    """Which hypotheses are supported with the excluded and not without, or the other way round."""
    changed = changed_outcomes(rows, plan.alpha)
    n = len(rows) // 2
    if not changed:
        return f"Without them, each of the {count(n)} {plan.kind} tests has the same outcome."
    return (
        f"Without them, {count(len(changed))} of the {count(n)} {plan.kind} tests"
        f" {'has' if len(changed) == 1 else 'have'} another outcome:"
        f" {'; '.join(_change(*pair, plan.alpha) for pair in changed)}."
    )


def _change(whole: Row, kept: Row, alpha: float) -> str:
    claim = hypothesis(whole["condition_a"], whole["condition_b"], whole["alternative"])
    now = "supported" if kept["p_adjusted"] < alpha else "no longer supported"
    return (
        f"{where(whole['stratum'])}, {claim} is {now}"
        f" (p = {p_value(kept['p_adjusted'])}, {p_value(whole['p_adjusted'])} with all)"
    )


def _count_table(counts: pd.DataFrame) -> Table:
    wide = counts.pivot(index="meaning", columns="condition", values="n_excluded")
    wide = wide.reindex(counts["meaning"].unique()).rename(index=capital)
    text = wide.map(count).rename(columns=lambda name: condition_label(str(name)))
    return Table(
        "table_exclusions",
        "Participants who met each exclusion rule",
        counts,
        text.rename_axis(None, axis=1).rename_axis("Rule").reset_index(),
        "A participant may meet several rules. The main results include all of them.",
    )


def _test_table(tests: pd.DataFrame, plan: Plan) -> Table:
    label = ADJUSTMENT_LABELS[plan.correction]
    text = [
        {
            "Participants": row["participants"],
            "Stratum": stratum_label(row["stratum"]),
            "H₁": hypothesis(row["condition_a"], row["condition_b"], row["alternative"]),
            "n": f"{count(row['n_a'])}, {count(row['n_b'])}",
            "U": fixed(row["u_statistic"], 1),
            "Z": fixed(row["z"]),
            "p": p_value(row["p_value"]),
            **({f"p ({label})": p_value(row["p_adjusted"])} if len(plan.tests) > 1 else {}),
            "δ": fixed(row["cliffs_delta"]),
            "95 % CI of δ": interval(row["ci_low"], row["ci_high"]),
        }
        for row in tests.to_dict("records")
    ]
    return Table(
        "table_tests_exclusions",
        f"The {plan.kind} tests with and without the participants who met a rule",
        tests,
        pd.DataFrame(text),
        f"Columns as in the table of the {plan.kind} tests.",
        text_columns=3,
    )
