"""A study that follows another: the same person of the panel keeps the arm."""

import pytest
from django.db import connection

from surveys.checks.stored_data import find_problems
from surveys.errors import ProtocolError
from surveys.models import Assignment, Participant, Survey
from surveys.participation.leaving.withdrawal import withdraw
from tests.factories import make_survey
from tests.surveys.visitor import Visitor

PANEL = '[panel]\nname = "prolific"\n'
SECOND = f'follows = "first"\n{PANEL}'


@pytest.fixture
def studies(db, tmp_path):
    first = make_survey(tmp_path, "first", more=PANEL)
    return first, make_survey(tmp_path, "second", more=SECOND)


def take(slug, person):
    visitor = Visitor(slug)
    visitor.arrive(f"?PROLIFIC_PID={person}")
    visitor.finish()
    return visitor.participant


def test_the_same_person_gets_the_same_arm_whatever_the_order_they_come_in(studies):
    before = {name: take("first", name).group for name in ("ada", "ben", "cleo", "dana")}
    assert list(before.values()) == ["gradcam", "pv"] * 2
    after = {name: take("second", name).group for name in ("ben", "dana", "cleo", "ada")}
    assert after == before
    assert [
        line.followed for line in Assignment.objects.filter(survey__slug="second")
    ] == [2, 4, 3, 1]  # fmt: skip
    assert list(find_problems(Survey.objects.get(slug="second"))) == []


def test_somebody_new_is_assigned_by_the_rule(studies):
    take("first", "ada")
    take("second", "ada")
    person = take("second", "eve")
    assert person.group == "pv"
    assert Assignment.objects.get(survey__slug="second", number=2).followed is None
    assert list(find_problems(Survey.objects.get(slug="second"))) == []


def test_who_withdrew_from_the_earlier_study_keeps_their_arm_too(studies):
    take("first", "ada")
    ben = take("first", "ben")
    withdraw(Participant.objects.get(pk=ben.pk))
    assert take("second", "ben").group == "pv"


def test_an_arm_that_was_not_the_persons_own_is_found(studies):
    take("first", "ada")
    take("second", "ada")
    with connection.cursor() as cursor:
        # The ledger's rows cannot be changed but by other means.
        cursor.execute("update surveys_assignment set followed = 7 where followed is not null")
    assert list(find_problems(Survey.objects.get(slug="second"))) == [
        "Number 1 of the ledger keeps gradcam of number 7 of the earlier study, who was not there."
    ]


def test_an_earlier_study_with_other_groups_is_refused(db, tmp_path):
    make_survey(tmp_path, "first", conditions=("gradcam", "pv"), more=PANEL)
    with pytest.raises(ProtocolError, match="whose groups are gradcam, pv; a study that follows"):
        make_survey(tmp_path, "second", conditions=("gradcam",), more=SECOND)


def test_an_earlier_study_that_is_not_there_is_refused(db, tmp_path):
    with pytest.raises(ProtocolError, match="follows must be the address of a study that is"):
        make_survey(tmp_path, "second", more=SECOND)
