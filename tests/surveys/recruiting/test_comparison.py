"""Prolific's submissions beside our participants."""

import pytest

from surveys.models import PanelIdentity, Participant
from surveys.participation.leaving.withdrawal import stop, withdraw
from surveys.recruiting.prolific.api import Submission
from surveys.recruiting.prolific.comparison import compare
from tests.surveys.recruiting.conftest import participant_of


def submission(person: str, status: str, code: str | None = None, number: str = "") -> Submission:
    row = {"id": f"s-{person}{number}", "participant_id": person, "status": status}
    return Submission.model_validate({**row, "study_code": code})


def groups_of(study, *rows: Submission) -> dict[str, list[str]]:
    """Group -> whose submissions are in it; our name where Prolific has none."""
    found = compare(study, "5f0c", list(rows))
    return {
        group.name: [
            row.submission.participant_id if row.submission else "no submission"
            for row in group.rows
        ]
        for group in found.groups
    }


CASES = {
    # Answers given here, status and code there -> the group; None where nothing is to be done.
    "all, approved": (None, "APPROVED", "C1ABCDEF", None),
    "all, waiting for review": (None, "AWAITING REVIEW", "C1ABCDEF", None),
    "all, spelt otherwise": (None, "AWAITING_REVIEW", "C1ABCDEF", None),
    "all, without a code": (None, "AWAITING REVIEW", "NOCODE", None),
    "all, still active": (None, "ACTIVE", None, "only_here"),
    "all, returned": (None, "RETURNED", None, "only_here"),
    "all, timed out": (None, "TIMED-OUT", None, "only_here"),
    "all, the code for a part": (None, "AWAITING REVIEW", "C7ABCDEF", "other_code"),
    "all, rejected": (None, "REJECTED", "C1ABCDEF", "rejected"),
    "some, active": (2, "ACTIVE", None, None),
    "some, returned": (2, "RETURNED", None, "returned"),
    "some, timed out": (2, "TIMED-OUT", None, "timed_out"),
    "some, the code for all": (2, "AWAITING REVIEW", "C1ABCDEF", "only_there"),
    "some, approved without a code": (2, "APPROVED", None, "only_there"),
    "some, a status of tomorrow": (2, "PROCESSING", None, "unknown"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_submission_stands_where_something_is_to_be_done(study, come, case):
    answers, status, code, group = CASES[case]
    come("p1", answers)
    expected = {group: ["p1"]} if group else {}
    assert groups_of(study, submission("p1", status, code)) == expected


def test_somebody_who_stopped_early_agrees_with_their_own_code(study, come):
    come("p1", 2)
    stop(participant_of("p1"))
    assert groups_of(study, submission("p1", "AWAITING REVIEW", "C7ABCDEF")) == {}
    assert groups_of(study, submission("p1", "AWAITING REVIEW", "C1ABCDEF")) == {
        "only_there": ["p1"]
    }


def test_people_without_a_record_here_are_counted_unless_they_say_they_are_done(study):
    rows = [
        submission("gone", "RETURNED"),
        submission("never", "TIMED-OUT"),
        submission("odd", "APPROVED", "C1ABCDEF"),
        submission("no", "RETURNED", "C4ABCDEF"),
    ]
    found = compare(study, "5f0c", rows)
    assert groups_of(study, *rows) == {"only_there": ["odd"]}
    assert found.counts["never_here"] == 3


def test_somebody_who_withdrew_is_counted_and_named_nowhere(study, come):
    come("p1")
    withdraw(participant_of("p1"))
    found = compare(study, "5f0c", [submission("p1", "AWAITING REVIEW", "C1ABCDEF")])
    assert found.groups == []
    assert found.counts["withdrew"] == 1


def test_a_finished_participant_of_whom_prolific_lists_nothing_is_shown(study, come):
    come("p1")
    come("p2", study_id="another")
    assert groups_of(study) == {"only_here": ["no submission"]}


def test_of_somebody_who_began_twice_the_furthest_submission_counts(study, come):
    come("p1")
    done, left = submission("p1", "APPROVED", "C1ABCDEF"), submission("p1", "RETURNED", None, "2")
    assert groups_of(study, done, left) == groups_of(study, left, done) == {}


def test_comparing_takes_as_few_queries_for_many_as_for_one(study, come, django_assert_num_queries):
    for number in range(3):
        come(f"p{number}")
    rows = [submission(f"p{number}", "APPROVED", "C1ABCDEF") for number in range(3)]
    assert Participant.objects.count() == PanelIdentity.objects.count() == 3
    with django_assert_num_queries(2):
        compare(study, "5f0c", rows)
