"""What was planned against what happened."""

from dataclasses import replace
from typing import Any

import pytest

from analysis.data.protocol_versions import ProtocolChange, ProtocolVersion
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


def test_data_that_end_before_the_plan_does_are_a_deviation(study):
    planned: dict[str, dict[str, Any]] = {
        "sample": {"size": 25}, "stopping": {"last_day": "2030-01-31"}
    }  # fmt: skip
    early = replace(study, protocol=planned)
    fewer, ended = deviations(early)
    assert fewer == "5 fewer participants finished than planned (20 of 25)."
    assert ended == (
        "The last participant arrived on 2026-01-01, before the last planned day, 2030-01-31: the"
        " data end before the sample or the days do, and no look at them before that was planned."
    )
    plan = default_plan(study.conditions)
    [table] = registration_section(early, early.participants, plan).tables
    said = {row[0]: row[-1] for row in table.rows}
    assert said["Stopping rule"] == "deviated"
    stopping = {**planned["stopping"], "looks": [20]}
    looked = replace(study, protocol={**planned, "stopping": stopping})
    assert deviations(looked)[0] == fewer
    assert len(deviations(looked)) == 1


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
    assert found == "Planned conditions without participants: No explanation."


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


def version(number, since, **changes):
    """A version whose changes are given as key with dots for double underscores, and two values."""
    rows = [
        ProtocolChange(key.replace("__", "."), *values, *map(str, values))
        for key, values in changes.items()
    ]
    return ProtocolVersion(number, since, tuple(rows))


BEFORE, AFTER = "2025-12-30T10:00:00.000Z", "2026-01-03T10:00:00.000Z"
FIRST = ProtocolVersion(1, "2025-12-29T10:00:00.000Z")


def test_a_plan_that_was_changed_after_the_first_participant_is_not_called_kept(study):
    amended = replace(
        study,
        protocol={"sample": {"size": 20}},
        versions=(FIRST, version(2, AFTER, sample__size=(30, 20))),
    )
    assert deviations(amended) == [
        "Version 2 (2026-01-03) changed the plan after the first participant had arrived:"
        " sample.size."
    ]
    plan = replace(default_plan(study.conditions), origin=DECLARED)
    rows = registration_section(amended, amended.participants, plan).numbers["registration"]
    [sample, *_] = rows["points"]
    assert sample["planned"] == "20 participants who finish (changed in version 2)"
    assert not sample["kept"]


@pytest.mark.parametrize(
    ("since", "key"),
    [(BEFORE, "sample__size"), (AFTER, "analysis__exploratory[1].stratum"),
     (AFTER, "texts__thanks"), (AFTER, "study__ethics")],
)  # fmt: skip
def test_other_changes_leave_the_plan_as_it_was(study, since, key):
    versions = (FIRST, version(2, since, **{key: ("a", "b")}))
    kept = replace(study, protocol={"sample": {"size": 20}}, versions=versions)
    assert deviations(kept) == []
    plan = replace(default_plan(study.conditions), origin=DECLARED)
    [sample, *_] = registration_section(kept, kept.participants, plan).numbers["registration"][
        "points"
    ]
    assert sample["kept"]


@pytest.mark.parametrize(
    ("key", "differs"), [("texts__thanks", True), ("study__deviations[1]", False)]
)
def test_versions_that_participants_cannot_tell_apart_are_one_protocol(study, key, differs):
    people = study.participants.copy()
    people.loc[people.index[:3], "protocol_version"] = 2
    versions = (FIRST, version(2, AFTER, **{key: (None, "Late by a day.")}))
    other = replace(study, participants=people, versions=versions)
    assert [
        "The section “Versions of the protocol” says what was changed." in text
        for text in deviations(other)
    ] == [True] * differs
    section = registration_section(other, people, default_plan(study.conditions))
    [point] = [
        row for row in section.numbers["registration"]["points"] if row["name"] == "Protocol"
    ]
    assert point["kept"] is not differs


def test_what_the_team_names_is_listed_as_such_with_the_version_that_first_had_it(study):
    old, new = "The pilot had other instructions.", "The server was down for a day."
    about = {"study": {"deviations": [new, old]}, "sample": {"size": 25}}
    moved = {"study__deviations[1]": (old, new), "study__deviations[2]": (None, old)}
    versions = (FIRST, version(2, AFTER, **moved))
    plan = replace(default_plan(study.conditions), origin=DECLARED)
    named = replace(study, protocol=about, versions=versions)
    section = registration_section(named, named.participants, plan)
    assert section.paragraphs[:4] == [
        "Comparing the protocol with the data shows 1 deviation; the team names 2 more:",
        "1. 5 fewer participants finished than planned (20 of 25).",
        f"2. Named by the team (version 2, 2026-01-03): {new}",
        f"3. Named by the team (version 1, 2025-12-29): {old}",
    ]
    assert section.numbers["registration"]["named_by_team"] == [
        {"text": new, "version": 2, "since": AFTER},
        {"text": old, "version": 1, "since": FIRST.since},
    ]
    point = section.numbers["registration"]["points"][-1]
    assert (point["name"], point["happened"], point["kept"]) == (
        "Named by the team", "2 deviations, in the list", False,
    )  # fmt: skip


def test_without_versions_what_the_team_names_has_no_date(study):
    named = replace(study, protocol={"study": {"deviations": ["A day without a server."]}})
    plan = replace(default_plan(study.conditions), origin=DECLARED)
    assert registration_section(named, named.participants, plan).paragraphs[:2] == [
        "Comparing the protocol with the data shows no deviation; the team names 1:",
        "1. Named by the team: A day without a server.",
    ]
