"""Reading an analysis plan."""

import pytest

from analysis.errors import PlanError
from analysis.plan.reader import plan_of_section, read_plan

TEST = '[[tests]]\nstratum = "all"\ncondition_a = "none"\ncondition_b = "pv"\n'


@pytest.fixture
def plan_file(tmp_path):
    def write(text):
        path = tmp_path / "plan.toml"
        path.write_text(text)
        return path

    return write


def test_it_reads_tests_margin_and_thresholds(plan_file):
    plan = read_plan(
        plan_file(
            'origin = "our registration"\nconditions = ["none", "pv"]\n'
            f'equivalence_margin = 0.1\n{TEST}alternative = "less"\n'
            "[exclusions]\nfastest_median_ms = 700\n"
        )
    )
    assert plan.origin == "our registration"
    assert plan.tests[0].alternative == "less"
    assert plan.exploratory == ()
    assert plan.conditions == ("none", "pv")
    assert plan.equivalence_margin == 0.1
    assert plan.exclusions.fastest_median_ms == 700
    assert (plan.method, plan.continuity) == ("auto", True)
    assert plan.exclusions.cant_tell_share == 0.8


@pytest.mark.parametrize(
    ("protocol", "exclusions", "failed"),
    [
        ({}, {}, 1),
        ({"checks": {}}, {}, 1),
        ({"checks": {"allowed_failures": 2}}, {}, 3),
        ({"checks": {"allowed_failures": 2}}, {"failed_checks": 1}, 1),
    ],
)
def test_a_plan_allows_as_many_failed_checks_as_its_protocol_unless_it_says(
    protocol, exclusions, failed
):
    test = {"stratum": "all", "condition_a": "none", "condition_b": "pv"}
    plan = plan_of_section({"tests": [test], "exclusions": exclusions}, protocol)
    assert plan.exclusions.failed_checks == failed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            f'method = "guess"\n{TEST}',
            "line 1: method must be one of 'auto', 'exact', 'mid-p', 'asymptotic', but is 'guess'",
        ),
        (f'continuity = "no"\n{TEST}', "continuity must be true or false, but is 'no'"),
        (f"conditions = 2\n{TEST}", "conditions must be a list of texts, but is 2"),
        ("tests = [", "is not valid TOML"),
        ('origin = "x"', r"the key tests is missing; it must be one or more \[\[tests\]\] tables"),
        (f"{TEST}side = 1", r"unknown key tests\[1\].side; known here are stratum"),
        (
            '[[tests]]\nstratum = "all"',
            r"the key tests\[1\].condition_a is missing; it must be a text that",
        ),
        ("tests = [1]", r"tests\[1\] must be a table, but is 1"),
        (
            f"margin = 1\n{TEST}",
            "unknown key margin .*; known here are tests, exploratory",
        ),
        (f"equivalence_margin = 2\n{TEST}", "between 0 and 1, but is 2"),
        (
            f"{TEST}[exclusions]\nsame_position_share = true",
            "same_position_share must be a number from 0 to 1, but is true",
        ),
        (
            f"{TEST}[exclusions]\nslow = 1",
            "unknown key exclusions.slow; known here are rules",
        ),
        (f'{TEST}alternative = "up"', "alternative must be one of 'two-sided', 'less', 'greater'"),
    ],
)
def test_it_names_what_is_wrong(plan_file, text, message):
    with pytest.raises(PlanError, match=message):
        read_plan(plan_file(text))


def test_it_says_that_there_is_no_such_file(tmp_path):
    with pytest.raises(
        PlanError, match=r"The plan .*plan\.toml cannot be read \(No such file or directory\)"
    ):
        read_plan(tmp_path / "plan.toml")
