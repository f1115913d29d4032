"""Runs the tests of a plan: one row each, with effect size and corrected p."""

import pandas as pd

from analysis.data.designs import Design
from analysis.data.scores import known_scores_of, paired_scores
from analysis.plan.plan import Plan, PlannedTest
from analysis.statistics.means.paired import paired_difference
from analysis.statistics.multiplicity import ADJUSTMENTS, benjamini_hochberg, holm
from analysis.statistics.ranks.effect_sizes import cliffs_delta
from analysis.statistics.ranks.mann_whitney import mann_whitney
from analysis.statistics.ranks.signed_ranks import signed_ranks

TEST_COLUMNS = (
    "family",
    "stratum",
    "condition_a",
    "condition_b",
    "alternative",
    "n_a",
    "n_b",
    "u_statistic",
    "z",
    "p_value",
    "p_holm",
    "p_benjamini_hochberg",
    "p_adjusted",
    "cliffs_delta",
    "ci_low",
    "ci_high",
    "common_language",
    "method",
)

# In addition, where the same participants see both conditions.
PAIRED_COLUMNS = (
    "n_pairs",
    "n_zero",
    "w_statistic",
    "rank_biserial",
    "mean_difference",
    "difference_ci_low",
    "difference_ci_high",
)


def run_tests(scores: pd.DataFrame, plan: Plan, design: Design | None = None) -> pd.DataFrame:
    """Return the rank test and effect size (95 % interval) of every planned comparison.

    Different participants are compared by the Mann-Whitney test and Cliff's delta. Where the same
    participants see both conditions, the row is of Wilcoxon's signed-rank test and has
    `PAIRED_COLUMNS` in addition.

    p is corrected within the family of a test, `declared` or `exploratory`; `p_adjusted` is the
    correction that the plan names. A condition without scores gives NaN.
    """
    design = design or Design()
    columns = (*TEST_COLUMNS, *PAIRED_COLUMNS) if design.shared else TEST_COLUMNS
    families = {"declared": plan.tests, "exploratory": plan.exploratory}
    frames = []
    for family, tests in families.items():
        rows = [{"family": family, **_row(scores, test, plan, design)} for test in tests]
        frame = pd.DataFrame(rows, columns=list(columns))
        p = frame["p_value"].to_numpy(dtype=float)
        frame["p_holm"], frame["p_benjamini_hochberg"] = holm(p), benjamini_hochberg(p)
        frame["p_adjusted"] = ADJUSTMENTS[plan.correction](p)
        frames.append(frame)
    made = [frame for frame in frames if len(frame)]
    return pd.concat(made, ignore_index=True) if made else frames[0]


def are_paired(tests: pd.DataFrame) -> "pd.Series[bool]":
    """Return which rows of `run_tests` compare the same participants."""
    if "n_pairs" not in tests:
        return pd.Series(False, index=tests.index)
    return tests["n_pairs"].notna()


def _row(scores: pd.DataFrame, test: PlannedTest, plan: Plan, design: Design) -> dict[str, object]:
    is_paired = design.are_paired(test.condition_a, test.condition_b)
    return (_paired_row if is_paired else _test_row)(scores, test, plan)


def _paired_row(scores: pd.DataFrame, test: PlannedTest, plan: Plan) -> dict[str, object]:
    a, b = paired_scores(scores, test.condition_a, test.condition_b, test.stratum)
    result, difference = (
        signed_ranks(a, b, test.alternative, plan.continuity),
        paired_difference(a, b),
    )
    row = result.as_row()
    return {
        "stratum": test.stratum,
        "condition_a": test.condition_a,
        "condition_b": test.condition_b,
        **row,
        "n_a": result.n,
        "n_b": result.n,
        "n_pairs": result.n,
        "mean_difference": difference.estimate,
        "difference_ci_low": difference.ci_low,
        "difference_ci_high": difference.ci_high,
    }


def _test_row(scores: pd.DataFrame, test: PlannedTest, plan: Plan) -> dict[str, object]:
    a, b = (
        known_scores_of(scores, condition, test.stratum).to_numpy()
        for condition in (test.condition_a, test.condition_b)
    )
    result = mann_whitney(a, b, test.alternative, plan.method, plan.continuity)
    effect = cliffs_delta(a, b)
    return {
        "stratum": test.stratum,
        "condition_a": test.condition_a,
        "condition_b": test.condition_b,
        **result.as_row(),
        "cliffs_delta": effect.delta.estimate,
        "ci_low": effect.delta.ci_low,
        "ci_high": effect.delta.ci_high,
        "common_language": effect.common_language.estimate,
        "method": f"Mann-Whitney U, {result.method}",
    }
