"""The report shows visual checks and counts of events where there are some, and judges nobody."""

import numpy as np
import pytest

from analysis.data.study_data import from_frames
from analysis.report.results import analyse, results_json
from analysis.report.sections.people.visual_checks import visual_check_sections


@pytest.fixture
def study(frames):
    """Eight participants of two conditions, of whom the last one did not answer the checks."""
    people, trials = frames(n_participants=8)
    people["visual_answers"] = ["2;upper", "1;upper", "cant_tell;equal", *["2;upper"] * 4, np.nan]
    people["n_visual_right"] = [2.0, 1, 0, 2, 2, 2, 2, np.nan]
    people["n_pastes"] = [3.0, 0, 0, 0, 0, 1, 0, np.nan]
    people["n_untrusted_events"] = [0.0, 0, 40, 0, 0, 0, 0, np.nan]
    return from_frames("Shapes", people, trials)


def test_checks_are_counted_by_condition(study):
    [section] = visual_check_sections(study, study.participants)
    # Participants 1, 3, 5 and 7, then 2, 4, 6 and 8.
    first, second = section.numbers["visual_checks"]
    names = ("n_participants", "n_answered", "n_all_right", "n_one_wrong", "n_more_wrong",
             "n_cant_tell")  # fmt: skip
    assert [first[name] for name in names] == [4, 4, 3, 0, 1, 1]
    assert [second[name] for name in names] == [4, 3, 2, 1, 0, 0]
    assert first["ci_low"] < 0.75 == first["share_all_right"] < first["ci_high"]


def test_events_are_counted_by_condition(study):
    [section] = visual_check_sections(study, study.participants)
    first, second = section.numbers["page_events"]
    assert (first["n_with_pastes"], first["n_pastes"], first["n_untrusted_events"]) == (1, 3, 40)
    assert (second["n_counted"], second["n_with_pastes"], second["n_pastes"]) == (3, 1, 1)


def test_the_report_says_how_many_people_are_expected_to_fail(study):
    [section] = visual_check_sections(study, study.participants)
    text = " ".join(section.paragraphs)
    assert "Of the 7 analysed participants who answered the visual checks, 5 were right" in text
    assert "4.1 % of 1,007" in text
    assert "No rule excludes anybody" in text


def test_nobody_is_excluded_and_other_results_stay_as_they_are(study):
    without = from_frames(
        "Shapes",
        study.participants.drop(columns=[c for c in study.participants if "visual" in c or c in (
            "n_pastes", "n_untrusted_events")]),
        study.trials,
    )  # fmt: skip
    found, plain = (results_json(analyse(each)) for each in (study, without))
    assert {"visual_checks", "page_events"} <= set(found)
    assert {k: v for k, v in found.items() if k not in ("visual_checks", "page_events")} == plain


def test_only_what_was_asked_for_is_reported(study):
    people = study.participants.drop(columns=["n_pastes", "n_untrusted_events"])
    [section] = visual_check_sections(study, people)
    assert [table.name for table in section.tables] == ["table_visual_checks"]
    plain = people.drop(columns=["visual_answers", "n_visual_right"])
    assert visual_check_sections(study, plain) == []


def test_checks_that_nobody_answered_are_no_error(study):
    people = study.participants.assign(visual_answers=np.nan, n_visual_right=np.nan)
    [section] = visual_check_sections(study, people)
    assert section.paragraphs[0].startswith("Nobody answered")
    assert section.numbers["visual_checks"][0]["n_all_right"] == 0
