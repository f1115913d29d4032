"""The plan's tests, then the exploratory ones."""

import math

import pandas as pd

from analysis.data.labels import capital, condition_label, hypothesis, stratum_label, where
from analysis.data.published import CONDITIONS as PUBLISHED_CONDITIONS
from analysis.data.published import are_published
from analysis.data.schema import Row
from analysis.data.study_data import StudyData
from analysis.plan.execution import TEST_COLUMNS, are_paired, run_tests
from analysis.plan.plan import Plan
from analysis.report.numbers import count, fixed, interval, p_value
from analysis.report.section import Section
from analysis.report.tables import Table
from analysis.statistics.multiplicity import ADJUSTMENT_LABELS

NOTE = (
    "H₁: the hypothesis that a small p supports, one-sided for < or >; Acc: accuracy. n:"
    " participants of the first and of the second condition. U: pairs of one participant of each in"
    " which the first scores higher, ties as halves. δ: Cliff’s delta, the share of pairs in which"
    " the first scores higher minus the share in which the first scores lower, with the interval of"
    " Feng and Cliff (2004). Corrected p account for the tests of this table."
)

EQUAL_NOTE = " Corrected p keep the order of p, so that different p may be corrected to the same."
EXACT_WITH_TIES = "exact, permutation of midranks"
EXACT_NOTE = (
    " With ties and few participants the exact test is conservative: at α = 5 % its error rate is"
    " at most 5 %, and usually lower."
)


def compares_different_people(study: StudyData, plan: Plan) -> bool:
    """Whether the plan has a test of conditions that different participants saw."""
    tests = (*plan.tests, *plan.exploratory)
    return any(not study.design.are_paired(each.condition_a, each.condition_b) for each in tests)


def tests_section(study: StudyData, plan: Plan, accuracy: pd.DataFrame) -> Section:
    """Mann-Whitney tests of the plan with their effect sizes."""
    every = run_tests(study.scores, plan, study.design)
    tests = every[~are_paired(every)].reindex(columns=list(TEST_COLUMNS))
    declared = tests[tests["family"] == "declared"]
    exploratory = tests[tests["family"] == "exploratory"]
    label = ADJUSTMENT_LABELS[plan.correction]
    source = (
        f"Declared tests, from {plan.origin}" if plan.is_declared else "Foresee’s default tests"
    )
    caption = f"{source}; α = {plan.alpha:g}"
    tables = [table_of_tests(declared, "table_tests", caption, label=label)] * bool(len(declared))
    if len(exploratory):
        columns = f"Columns as in the table of the {plan.kind} tests."
        name, caption = "table_tests_exploratory", "Exploratory tests"
        tables.append(table_of_tests(exploratory, name, caption, columns, label))
    return Section(
        title="Comparisons",
        paragraphs=[
            _introduction(plan, label, is_published=are_published(accuracy)),
            *_sentences(declared, label),
        ],
        tables=tables,
        numbers={"tests": tests.to_dict("records")},
    )


def table_of_tests(
    tests: pd.DataFrame, name: str, caption: str, note: str = NOTE, label: str = "Holm"
) -> Table:
    """One row per test."""
    rows = [
        {
            "Stratum": stratum_label(row["stratum"]),
            "H₁": hypothesis(row["condition_a"], row["condition_b"], row["alternative"]),
            "n": f"{count(row['n_a'])}, {count(row['n_b'])}",
            "U": fixed(row["u_statistic"], 1),
            "Z": fixed(row["z"]),
            "p": p_value(row["p_value"]),
            # A single test needs no correction.
            **({f"p ({label})": p_value(row["p_adjusted"])} if len(tests) > 1 else {}),
            "δ": fixed(row["cliffs_delta"]),
            "95 % CI of δ": interval(row["ci_low"], row["ci_high"]),
        }
        for row in tests.to_dict("records")
    ]
    methods = "; ".join(sorted(set(tests["method"])))
    method = f"Method: {methods}.".replace("Mann-Whitney", "Mann–Whitney")
    cautious = EXACT_NOTE if any(EXACT_WITH_TIES in name for name in tests["method"]) else ""
    adjusted = tests["p_adjusted"].dropna()
    equal = EQUAL_NOTE if len(tests) > 1 and adjusted.duplicated().any() else ""
    return Table(name, caption, tests, pd.DataFrame(rows), f"{note}{equal} {method}{cautious}", 2)


def _introduction(plan: Plan, label: str, *, is_published: bool) -> str:
    """Where the plan's tests come from."""
    if plan.is_declared:
        source = f"The declared tests come from {plan.origin}"
    else:
        source = (
            f"No plan was given; these are Foresee’s default tests{_origin(plan, is_published)}"
        )
    together = (
        f" P-values are {label}-corrected."
        if len(plan.tests) > 1
        else " A single test needs no correction."
    )
    return f"{source}.{together} All other tests of accuracy are exploratory and follow below."


def _origin(plan: Plan, is_published: bool) -> str:
    """Who chose the default tests, and whether they knew the data."""
    if is_published:
        return (
            ", which are the published study’s own. These are its data, so the tests and their"
            " directions were not fixed before them: p-values repeat what it reports and are no new"
            " evidence"
        )
    by_software = ", which the software fixed, not this study before its data"
    pairs = {(test.condition_a, test.condition_b) for test in plan.tests}
    if PUBLISHED_CONDITIONS not in pairs:
        return by_software
    names = " with ".join(map(condition_label, PUBLISHED_CONDITIONS))
    return f"{by_software}. Those of {names} have the directions that the published study found"


def _sentences(declared: pd.DataFrame, label: str) -> list[str]:
    """One sentence per test for up to two tests; more are easier to read in the table."""
    rows = declared.to_dict("records")
    corrected = label if len(rows) > 1 else ""
    return [_sentence(row, corrected) for row in rows] if len(rows) <= 2 else []


def _sentence(row: Row, label: str) -> str:
    claim = hypothesis(row["condition_a"], row["condition_b"], row["alternative"])
    if math.isnan(row["p_value"]):
        return (
            f"{capital(where(row['stratum']))}, H₁: {claim} could not be tested: too few answers"
            f" (n = {count(row['n_a'])} and {count(row['n_b'])})."
        )
    corrected = f" ({label}-corrected {p_value(row['p_adjusted'])})" if label else ""
    return (
        f"{capital(where(row['stratum']))}, H₁: {claim}. U = {fixed(row['u_statistic'], 1)},"
        f" Z = {fixed(row['z'])}, p = {p_value(row['p_value'])}{corrected};"
        f" Cliff’s δ = {fixed(row['cliffs_delta'])},"
        f" 95 % CI {interval(row['ci_low'], row['ci_high'])}"
        f" (n = {count(row['n_a'])} and {count(row['n_b'])})."
    )
