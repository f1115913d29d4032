"""Conditions compared within participants, as the plan has it."""

import pandas as pd

from analysis.data.labels import hypothesis, stratum_label
from analysis.data.study_data import StudyData
from analysis.plan.execution import are_paired, run_tests
from analysis.plan.plan import Plan
from analysis.report.numbers import count, fixed, interval, p_value
from analysis.report.sections.within_person.cells import points
from analysis.report.tables import Table
from analysis.statistics.multiplicity import ADJUSTMENT_LABELS

PAIRED_NOTE = (
    "H₁: the hypothesis that a small p supports, one-sided for < or >; Acc: accuracy. n:"
    " participants with both scores. Differ: those whose scores differ, whom W, p and r are of; the"
    " difference is of all. W: the sum of the ranks of the differences in favour of the first"
    " condition, ties as midranks. r: the"
    " matched-pairs rank-biserial correlation, above 0 where the first scores higher, with an"
    " interval by Fisher’s z. Difference: first minus second in percentage points, with a bootstrap"
    " interval over participants. Corrected p account for all tests of the plan’s family."
)


def paired_tables(study: StudyData, plan: Plan) -> list[Table]:
    """The plan's paired tests; none where it has no such test."""
    tests = run_tests(study.scores, plan, study.design)
    paired = tests[are_paired(tests)]
    if paired.empty:
        return []
    label = ADJUSTMENT_LABELS[plan.correction]
    rows = [
        {
            "Stratum": stratum_label(row["stratum"]),
            "H₁": hypothesis(row["condition_a"], row["condition_b"], row["alternative"]),
            "n": count(row["n_pairs"]),
            "Differ": count(row["n_pairs"] - row["n_zero"]),
            "W": fixed(row["w_statistic"], 1),
            "p": p_value(row["p_value"]),
            f"p ({label})": p_value(row["p_adjusted"]),
            "r": fixed(row["rank_biserial"]),
            "95 % CI of r": interval(row["ci_low"], row["ci_high"]),
            "Difference (95 % CI)": points(
                row["mean_difference"], row["difference_ci_low"], row["difference_ci_high"]
            ),
        }
        for row in paired.to_dict("records")
    ]
    methods = "; ".join(sorted(set(paired["method"])))
    source = f"from {plan.origin}" if plan.is_declared else "Foresee’s default tests"
    return [
        Table(
            "table_paired_tests",
            f"Conditions compared within participants, {source}; α = {plan.alpha:g}",
            paired.drop(columns=["u_statistic", "cliffs_delta", "common_language"]),
            pd.DataFrame(rows),
            f"{PAIRED_NOTE} Method: {methods}.",
            2,
        )
    ]
