"""What was planned against what happened."""

from dataclasses import replace

import pytest

from analysis.data.study_data import from_frames
from analysis.plan.plan import default_plan
from analysis.report.sections.registration import deviations_of, registration_section

DECLARED = "our registration of 15 January 2026"


@pytest.fixture
def study(frames):
    participants, trials = frames(n_participants=20)
    return from_frames("Shapes", participants.assign(protocol_version=1), trials)


def deviations(study, plan=None):
    plan = plan or replace(default_plan(study.conditions), origin=DECLARED)
    return list(deviations_of(study, study.participants, plan))


def test_a_study_that_went_as_planned_has_no_deviation(study):
    kept = replace(
        study,
        protocol={
            "sample": {"size": 20, "justification": "a power analysis"},
            "stopping": {"last_day": "2026-01-01", "rule": "when full"},
            "conditions": [{"name": "gradcam"}, {"name": "pv"}],
        },
    )
    assert deviations(kept) == []
    plan = replace(default_plan(study.conditions), origin=DECLARED)
    section = registration_section(kept, kept.participants, plan)
    assert section.paragraphs == [
        "Comparing the protocol with the data shows no deviation.",
        "Kept as planned: sample, last day to begin, protocol, tests and exclusions.",
    ]
    rows = {row["name"]: row for row in section.numbers["registration"]["points"]}
    assert rows["Sample"]["planned"] == "20 participants who finish"
    assert rows["Sample"]["happened"] == "20 arrived, 20 finished, 20 participants analysed"
    assert rows["Last day to begin"]["happened"] == "2026-01-01"
    assert rows["Protocol"]["happened"] == "version 1: 20 began"
    verdicts = {name: row["kept"] for name, row in rows.items() if row["kept"] is not None}
    assert len(verdicts) == 5
    assert all(verdicts.values())


def test_a_point_that_was_not_kept_is_said_to_have_deviated(study):
    planned = {"sample": {"size": 25}, "stopping": {"last_day": "2025-12-31"}}
    other = replace(study, protocol=planned)
    plan = replace(default_plan(study.conditions), origin=DECLARED)
    [table] = registration_section(other, other.participants, plan).tables
    said = dict(zip(table.text[""], table.text["Plan"], strict=True))
    assert said["Sample"] == said["Last day to begin"] == "deviated"
    assert said["Tests"] == "kept"
    assert said["Stopping rule"] == "–"


@pytest.mark.parametrize(
    ("size", "said"),
    [(25, "5 fewer participants finished than planned (20 of 25)."),
     (18, "2 more participants finished than planned (20 of 18).")],
)  # fmt: skip
def test_a_sample_of_another_size_is_a_deviation(study, size, said):
    assert deviations(replace(study, protocol={"sample": {"size": size}})) == [said]


def test_participants_after_the_last_day_are_a_deviation(study):
    [found] = deviations(replace(study, protocol={"stopping": {"last_day": "2025-12-31"}}))
    assert found == "20 participants arrived after the last planned day, 2025-12-31."


def test_a_second_version_of_the_protocol_is_a_deviation(study):
    people = study.participants.copy()
    people.loc[people.index[:3], "protocol_version"] = 2
    [found] = deviations(replace(study, participants=people))
    assert "version 1: 17 began and version 2: 3 began" in found


def test_exclusions_by_the_team_are_listed_with_their_reasons(study):
    reasons = {"p001": "took part twice", "p002": "took part twice", "p003": "did not read"}
    [found] = deviations(replace(study, exclusion_reasons=reasons))
    assert "excluded 3 participants by hand" in found
    assert "“took part twice” (2) and “did not read”" in found


def test_a_planned_condition_without_participants_is_a_deviation(study):
    rows = [{"name": name} for name in ("gradcam", "none", "pv")]
    [found] = deviations(replace(study, protocol={"conditions": rows}))
    assert found == "Planned conditions without participants: none."


def test_tests_that_nobody_declared_are_said_to_be_the_default(study):
    [found] = deviations(study, default_plan(study.conditions))
    assert "declares no tests" in found


def test_an_old_export_without_versions_says_so(study):
    old = replace(study, participants=study.participants.drop(columns="protocol_version"))
    section = registration_section(old, old.participants, default_plan(old.conditions))
    rows = {row["name"]: row for row in section.numbers["registration"]["points"]}
    assert rows["Protocol"]["happened"] == "not stated"


def test_a_sample_of_those_who_passed_is_compared_with_those_who_passed(study):
    people = study.participants.assign(n_failed_checks=0)
    people.loc[people.index[:3], "n_failed_checks"] = 1
    people.loc[people.index[3:5], "n_failed_checks"] = 2
    protocol = {
        "sample": {"size": 18, "counts": "passed"}, "checks": {"allowed_failures": 1}
    }  # fmt: skip
    kept = replace(study, participants=people, protocol=protocol)
    assert not any("than planned" in text for text in deviations(kept))
    plan = default_plan(study.conditions)
    [point, *_] = registration_section(kept, people, plan).numbers["registration"]["points"]
    assert point["planned"] == "18 participants who finish and pass the checks"
    assert point["happened"] == (
        "20 arrived, 20 finished, 18 passed the checks, 20 participants analysed"
    )
    assert point["kept"]
    strict = replace(kept, protocol=protocol | {"checks": {"allowed_failures": 0}})
    assert "3 fewer participants finished and passed the checks than planned (15 of 18)." in list(
        deviations(strict)
    )


def test_bots_are_no_part_of_a_planned_sample_of_people(study):
    people = study.participants.copy()
    people.loc[people.index[:4], "simulated"] = 1
    mixed = replace(study, participants=people, protocol={"sample": {"size": 16}})
    assert not any("than planned" in text for text in deviations(mixed))
