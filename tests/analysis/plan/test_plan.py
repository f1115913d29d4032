"""Which tests are declared, and in which direction."""

import pytest

from analysis.errors import PlanError
from analysis.plan.plan import Plan, PlannedTest, default_plan, require_plan_fits


def test_the_papers_pair_is_tested_in_the_papers_direction():
    plan = default_plan(["pv", "gradcam"])
    assert [(t.stratum, t.condition_a, t.alternative) for t in plan.tests] == [
        ("model_wrong", "gradcam", "less"),
        ("model_right", "gradcam", "greater"),
    ]
    assert [(t.stratum, t.alternative) for t in plan.exploratory] == [("all", "two-sided")]


def test_other_pairs_have_no_expected_direction():
    plan = default_plan(["gradcam", "none", "pv"])
    assert len(plan.tests) == 6
    sided = [t for t in plan.tests if t.alternative != "two-sided"]
    assert {(t.condition_a, t.condition_b) for t in sided} == {("gradcam", "pv")}


def test_a_plan_names_only_what_there_is():
    plan = Plan((PlannedTest("all", "gradcam", "pv"),))
    with pytest.raises(PlanError, match="compares the condition 'pv', but the data hold gradcam"):
        require_plan_fits(plan, ["gradcam", "none"])
