"""Tries and failed checks are counted, and those turned away before they had a condition."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from analysis.data.study_data import from_frames
from analysis.report.sections.people.checks import check_sections


@pytest.fixture
def study(frames):
    """Eight participants who understood, one who was turned away, and one who left."""
    people, trials = frames(n_participants=8)
    people["comprehension_tries"] = [1.0, 1, 1, 2, 3, 1, 1, 0]
    people["n_failed_checks"] = [0, 2, 0, 1, 0, 0, 3, 0]
    early = people.iloc[[0, 1]].assign(
        participant_id=["early", "gone"], number=pd.NA, condition=np.nan, finished_at=None,
        status=["screened_out", "in_introduction"], comprehension_tries=[3.0, 1], n_answered=0,
        n_failed_checks=0,
    )  # fmt: skip
    everybody = pd.concat([people.astype({"condition": object, "status": object}), early])
    plain = from_frames("Shapes", everybody, trials)
    checks = {"attention_after": [2, 4, 6], "allowed_failures": 1}
    return replace(plain, protocol={"checks": checks})


def test_tries_are_counted_by_condition_of_all_who_were_assigned(study):
    [section] = check_sections(study, study.participants)
    found = [(row["condition"], row["value"], row["n"]) for row in section.numbers["comprehension"]]
    # Participants 1, 3, 5, 7, then 2, 4, 6; the eighth withdrew, and was not asked otherwise.
    assert found == [
        ("gradcam", "1", 3), ("gradcam", "2", 0), ("gradcam", "3", 1),
        ("pv", "1", 2), ("pv", "2", 1), ("pv", "3", 0),
    ]  # fmt: skip


def test_the_share_turned_away_is_of_everybody_who_was_asked(study):
    [section] = check_sections(study, study.participants)
    low, high = proportion_confint(1, 9, method="wilson")
    assert section.numbers["comprehension_turned_away"] == {
        "n_asked": 9, "n_assigned": 7, "n_assigned_first_try": 5, "n_turned_away": 1,
        "n_others": 1, "share": 1 / 9, "ci_low": low, "ci_high": high,
    }  # fmt: skip
    assert "1 left, or found no place, before they had a condition." in section.paragraphs[0]


def test_failed_checks_are_counted_against_what_the_protocol_allows(study):
    [section] = check_sections(study, study.participants)
    names = ("condition", "n_none_failed", "n_one_failed", "n_more_failed", "n_above_allowed")
    rows = [tuple(row[name] for name in names) for row in section.numbers["attention_checks"]]
    assert rows == [("gradcam", 3, 0, 1, 1), ("pv", 2, 1, 1, 1)]
    assert "The protocol has 3 attention checks and allows 1 failure." in section.paragraphs[1]
    assert "2 of 8 analysed participants failed more than that (25.0 %" in section.paragraphs[1]


def test_the_title_names_the_checks_that_the_study_had(study):
    both = check_sections(study, study.participants)
    assert both[0].title == "Comprehension and attention checks"
    asked = study.participants.drop(columns="comprehension_tries")
    [attention] = check_sections(replace(study, protocol={}), asked)
    assert attention.title == "Attention checks"
    assert "analysed participants failed at least one" in attention.paragraphs[0]
    passed = study.participants.assign(n_failed_checks=0)
    [comprehension] = check_sections(replace(study, protocol={}), passed)
    assert comprehension.title == "Comprehension checks"


def test_a_study_without_checks_has_no_section(study):
    people = study.participants.drop(columns="comprehension_tries").assign(n_failed_checks=0)
    assert check_sections(replace(study, protocol={}), people) == []
