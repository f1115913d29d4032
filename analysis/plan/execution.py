"""Runs the tests of a plan: one row each, with effect size and corrected p."""

import pandas as pd

from analysis.data.scores import known_scores_of
from analysis.plan.plan import Plan, PlannedTest
from analysis.statistics.effect_sizes import cliffs_delta
from analysis.statistics.mann_whitney import mann_whitney
from analysis.statistics.multiplicity import ADJUSTMENTS, benjamini_hochberg, holm

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


def run_tests(scores: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Return the Mann-Whitney test and Cliff's delta (95 % interval) of every planned comparison.

    p is corrected within the family of a test, `declared` or `exploratory`; `p_adjusted` is the
    correction that the plan names. A condition without scores gives NaN.
    """
    families = {"declared": plan.tests, "exploratory": plan.exploratory}
    frames = []
    for family, tests in families.items():
        rows = [{"family": family, **_test_row(scores, test, plan)} for test in tests]
        frame = pd.DataFrame(rows, columns=list(TEST_COLUMNS))
        p = frame["p_value"].to_numpy(dtype=float)
        frame["p_holm"], frame["p_benjamini_hochberg"] = holm(p), benjamini_hochberg(p)
        frame["p_adjusted"] = ADJUSTMENTS[plan.correction](p)
        frames.append(frame)
    made = [frame for frame in frames if len(frame)]
    return pd.concat(made, ignore_index=True) if made else frames[0]


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
