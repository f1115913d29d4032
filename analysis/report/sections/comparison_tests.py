"""The plan's tests, then the exploratory ones."""

from typing import Any

import pandas as pd

from analysis.data.labels import capital, hypothesis, stratum_label, where
from analysis.data.study_data import StudyData
from analysis.plan.execution import carry_out
from analysis.plan.plan import Plan
from analysis.report.numbers import count, fixed, interval, p_value
from analysis.report.section import Section
from analysis.report.tables import Table
from analysis.statistics.multiplicity import ADJUSTMENT_LABELS

NOTE = (
    "H₁: the hypothesis that a small p speaks for, one-sided where it says < or >; Acc: accuracy."
    " n: participants of the first and of the second condition. U: pairs of one participant of each"
    " in which the first one’s score is higher, ties as halves. δ: Cliff’s delta, the share of"
    " pairs in which it is higher less that in which it is lower, with the interval of Feng and"
    " Cliff (2004)."
    " A corrected p is for the tests of this table."
)

EXACT_WITH_TIES = "exact, permutation of midranks"
EXACT_NOTE = (
    " With ties and few participants the exact test is cautious: at 5 % it finds what is not there"
    " in at most 5 % of studies, and in fewer than that."
)


def tests_section(study: StudyData, plan: Plan) -> Section:
    """Mann-Whitney tests of the plan with their effect sizes."""
    tests = carry_out(study.scores, plan)
    declared = tests[tests["family"] == "declared"]
    exploratory = tests[tests["family"] == "exploratory"]
    label = ADJUSTMENT_LABELS[plan.correction]
    source = (
        f"Declared tests, from {plan.origin}" if plan.is_declared else "Foresee’s default tests"
    )
    tables = [table_of_tests(declared, "table_tests", f"{source}; α = {plan.alpha:g}", label=label)]
    if len(exploratory):
        columns = f"Columns as in the table of the {plan.kind} tests."
        name, caption = "table_tests_exploratory", "Exploratory tests"
        tables.append(table_of_tests(exploratory, name, caption, columns, label))
    return Section(
        title="Comparisons",
        paragraphs=[_introduction(plan, label), *_sentences(declared, label)],
        tables=tables,
        numbers={"tests": tests.to_dict("records")},
    )


def table_of_tests(
    tests: pd.DataFrame, name: str, caption: str, note: str = NOTE, label: str = "Holm"
) -> Table:
    """One row a test."""
    rows = [
        {
            "Stratum": stratum_label(row["stratum"]),
            "H₁": hypothesis(row["condition_a"], row["condition_b"], row["alternative"]),
            "n": f"{count(row['n_a'])}, {count(row['n_b'])}",
            "U": fixed(row["u_statistic"], 1),
            "Z": fixed(row["z"]),
            "p": p_value(row["p_value"]),
            # One test alone is corrected for nothing.
            **({f"p ({label})": p_value(row["p_adjusted"])} if len(tests) > 1 else {}),
            "δ": fixed(row["cliffs_delta"]),
            "95 % CI of δ": interval(row["ci_low"], row["ci_high"]),
        }
        for row in tests.to_dict("records")
    ]
    methods = "; ".join(sorted(set(tests["method"])))
    method = f"Method: {methods}.".replace("Mann-Whitney", "Mann–Whitney")
    cautious = EXACT_NOTE if any(EXACT_WITH_TIES in name for name in tests["method"]) else ""
    return Table(name, caption, tests, pd.DataFrame(rows), f"{note} {method}{cautious}", 2)


def _introduction(plan: Plan, label: str) -> str:
    """Where the plan's tests come from, before what they found."""
    if plan.is_declared:
        source = f"The declared tests come from {plan.origin}"
    else:
        source = (
            "No plan was given; these are Foresee’s default tests, fixed before any data, but by"
            " the software and not by this study"
        )
    together = (
        f" Their p are corrected together by the method of {label}."
        if len(plan.tests) > 1
        else " There is one, so that its p needs no correction."
    )
    return f"{source}.{together} All other tests of accuracy are exploratory and come later."


def _sentences(declared: pd.DataFrame, label: str) -> list[str]:
    """Two tests read well as prose; more are easier to find in the table."""
    rows = declared.to_dict("records")
    corrected = label if len(rows) > 1 else ""
    return [_sentence(row, corrected) for row in rows] if len(rows) <= 2 else []


def _sentence(row: dict[str, Any], label: str) -> str:
    claim = hypothesis(row["condition_a"], row["condition_b"], row["alternative"])
    corrected = f" ({label}-corrected {p_value(row['p_adjusted'])})" if label else ""
    return (
        f"{capital(where(row['stratum']))}, H₁: {claim}. U = {fixed(row['u_statistic'], 1)},"
        f" Z = {fixed(row['z'])}, p = {p_value(row['p_value'])}{corrected};"
        f" Cliff’s δ = {fixed(row['cliffs_delta'])},"
        f" 95 % CI {interval(row['ci_low'], row['ci_high'])}"
        f" (n = {count(row['n_a'])} and {count(row['n_b'])})."
    )
