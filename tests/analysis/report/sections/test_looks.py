"""Planned looks: which one a report is, and what its tests must reach there."""

from dataclasses import replace

import pytest

from analysis.data.study_data import from_frames
from analysis.plan.plan import default_plan
from analysis.report.sections.looks import fractions_of, looks_sections
from analysis.statistics.alpha_spending import levels


@pytest.fixture
def study(frames):
    return from_frames("Shapes", *frames(n_participants=20))


def at(study, looks, size, **stopping):
    stopping = {"looks": looks, **stopping}
    planned = replace(study, protocol={"sample": {"size": size}, "stopping": stopping})
    return looks_sections(planned, default_plan(study.conditions))


def test_without_planned_looks_there_is_no_section(study):
    assert at(study, [], 40) == []
    assert looks_sections(study, default_plan(study.conditions)) == []


def test_the_report_says_which_look_it_is_and_judges_each_declared_test_by_it(study):
    [section] = at(study, [10, 20, 30], 40, spending="pocock")
    plan = default_plan(study.conditions)
    assert "With 20 analysed, this is look 2 of 4" in section.paragraphs[0]
    assert section.warnings == []
    found = section.numbers["looks"]
    assert len(found["tests"]) == len(plan.tests)
    for row in found["tests"]:
        alpha, is_two_sided = plan.alpha / len(plan.tests), row["alternative"] == "two-sided"
        right = levels([0.25, 0.5], alpha, "pocock", is_two_sided)[1]
        assert row["level"] == pytest.approx(right)
        assert row["is_beyond"] == (row["p_value"] < right)


def test_before_the_first_look_nothing_is_judged(study):
    [section] = at(study, [21], 40)
    assert section.numbers["looks"]["due"] == 0
    assert section.numbers["looks"]["tests"] == []
    assert "not to be read" in section.warnings[0]


def test_a_report_between_looks_spends_what_its_own_number_allows():
    assert fractions_of([10, 20, 40], 25) == [0.25, 0.625, 1.0]
    assert fractions_of([10, 20, 40], 44) == [0.25, 0.5, 1.0]
    assert fractions_of([10, 20, 40], 9) == [0.25, 0.5, 1.0]
