"""The declared tests, then the exploratory ones."""

from typing import Any

import pandas as pd

from analysis.data.labels import capital, hypothesis, stratum_label, where
from analysis.data.study_data import StudyData
from analysis.plan.execution import carry_out
from analysis.plan.plan import DEFAULT_ORIGIN, Plan
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
    " Corrected p: for the tests of this table."
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
    caption = f"Declared tests, from {plan.origin}; α = {plan.alpha:g}"
    tables = [table_of_tests(declared, "table_tests", caption, label=label)]
    if len(exploratory):
        tables.append(
            table_of_tests(
                exploratory,
                "table_tests_exploratory",
                "Exploratory tests",
                "Columns as in the table of the declared tests.",
                label,
            )
        )
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
            f"p ({label})": p_value(row["p_adjusted"]),
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
    """Where the declared tests come from, before what they found."""
    if plan.origin == DEFAULT_ORIGIN:
        source = (
            "No plan of tests came with the data. Those called declared here are the default: fixed"
            " before any data, but by the software and not by this study"
        )
    else:
        source = f"The declared tests come from {plan.origin}"
    together = (
        f" Their p are corrected together by the method of {label}."
        if len(plan.declared) > 1
        else " There is one, so that its p needs no correction."
    )
    return f"{source}.{together} All other tests of accuracy are exploratory and come later."


def _sentences(declared: pd.DataFrame, label: str) -> list[str]:
    """Two tests read well as prose; more are easier to find in the table."""
    rows = declared.to_dict("records")
    return [_sentence(row, label) for row in rows] if len(rows) <= 2 else []


def _sentence(row: dict[str, Any], label: str) -> str:
    claim = hypothesis(row["condition_a"], row["condition_b"], row["alternative"])
    return (
        f"{capital(where(row['stratum']))}, H₁: {claim}. U = {fixed(row['u_statistic'], 1)},"
        f" Z = {fixed(row['z'])}, p = {p_value(row['p_value'])}"
        f" ({label}-corrected {p_value(row['p_adjusted'])});"
        f" Cliff’s δ = {fixed(row['cliffs_delta'])},"
        f" 95 % CI {interval(row['ci_low'], row['ci_high'])}"
        f" (n = {count(row['n_a'])} and {count(row['n_b'])})."
    )
