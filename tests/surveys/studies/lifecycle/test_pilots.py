"""A pilot is a survey of its own: nothing of it gets into the study."""

import json
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from surveys.bots.policies import uniform
from surveys.bots.walker import run_bots
from surveys.checks.stored_data import find_problems
from surveys.errors import StatusError
from surveys.export.folder import export_study
from surveys.export.tables import data_file
from surveys.models import Assignment, Participant, Role, Survey
from surveys.studies.blinding import condition_labels
from surveys.studies.lifecycle.pilots import start_pilot
from surveys.studies.lifecycle.publishing import open_survey
from surveys.studies.team.membership import role_of, surveys_of
from tests.factories import make_protocol, make_survey
from tests.surveys.visitor import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(tmp_path):
    return make_survey(tmp_path, is_open=False)


def test_a_pilot_is_the_same_protocol_under_an_address_of_its_own(study):
    pilot = start_pilot(study, "rosa")
    assert (pilot.slug, pilot.is_pilot, pilot.is_open) == ("shapes-pilot-1", True, True)
    assert pilot.protocol_sha256 == study.protocol_sha256
    assert pilot.versions.get().by == "rosa"
    assert start_pilot(study, "rosa").slug == "shapes-pilot-2"
    study.refresh_from_db()
    assert (study.status, study.version) == (Survey.Status.DRAFT, None)


def test_participants_of_a_pilot_are_nowhere_in_the_study(study, tmp_path):
    pilot = start_pilot(study, "rosa")
    for _ in range(3):
        Visitor(pilot.slug).finish()
    study.refresh_from_db()
    assert (study.arrivals, study.assigned) == (0, 0)
    assert not Participant.objects.filter(survey=study).exists()
    assert not Assignment.objects.filter(survey=study).exists()
    assert export_study(study, tmp_path / "study")["participants"] == 0
    assert export_study(pilot, tmp_path / "pilot")["participants"] == 3
    described = json.loads((tmp_path / "pilot" / "dataset_description.json").read_text())
    assert described["foresee"]["pilot"] is True
    table = tmp_path / "pilot" / "data" / data_file(pilot.slug, "participants")
    assert {line.split(",")[-1] for line in table.read_text().splitlines()} == {"pilot", "1"}
    pilot.refresh_from_db()
    assert list(find_problems(pilot)) == []


def test_the_study_starts_at_number_one_and_in_the_first_condition(study):
    pilot = start_pilot(study, "rosa")
    Visitor(pilot.slug).begin()
    open_survey(study)
    visitor = Visitor(study.slug)
    visitor.begin()
    person = visitor.participant
    assert (person.number, person.place, person.condition.name) == (1, 1, "gradcam")
    assert (person.survey, person.version.number) == (study, 1)
    assert Participant.objects.get(survey=pilot).number == 1


def test_opening_the_study_ends_its_pilots_for_good(study):
    pilot = start_pilot(study, "rosa")
    open_survey(study)
    pilot.refresh_from_db()
    assert pilot.status == Survey.Status.CLOSED
    assert pilot.pilot_of == study


def test_a_pilot_has_no_pilots_and_keeps_its_protocol(study, tmp_path):
    pilot = start_pilot(study, "rosa")
    with pytest.raises(StatusError, match="is a pilot; start a new one from its study"):
        start_pilot(pilot, "rosa")
    changed = make_protocol(tmp_path, pilot.slug, more='[texts]\nthanks = "Bye."\n')
    with pytest.raises(CommandError, match="is a pilot, whose protocol cannot be changed"):
        call_command("load_study", changed, new_version=True)


def test_a_changed_draft_gets_a_pilot_of_its_own_and_leaves_the_earlier_one_as_it_was(
    study, tmp_path
):
    first = start_pilot(study, "rosa")
    call_command("load_study", make_protocol(tmp_path, ratios=[2, 1]), stdout=StringIO())
    second = start_pilot(Survey.objects.get(slug="shapes"), "rosa")
    assert second.protocol_sha256 != first.protocol_sha256
    assert list(second.conditions.values_list("ratio", flat=True)) == [2, 1]
    assert list(first.conditions.values_list("ratio", flat=True)) == [1, 1]


def test_bots_may_take_a_pilot_before_the_study_is_open(study):
    pilot = start_pilot(study, "rosa")
    assert len(list(run_bots(pilot, 2, 1, uniform))) == 2
    assert Participant.objects.filter(survey=pilot, simulated=True).count() == 2


@pytest.mark.parametrize("slug", ["a" * 50, "a" * 41 + "-" + "b" * 8])
def test_a_long_slug_leaves_room_for_the_pilots_number(tmp_path, slug):
    study = make_survey(tmp_path, slug, is_open=False)
    assert len(start_pilot(study, "rosa").slug) <= 50


def test_a_name_that_a_study_has_is_left_to_it(study, tmp_path):
    make_survey(tmp_path, "shapes-pilot-1")
    assert start_pilot(study, "rosa").slug == "shapes-pilot-1-2"


def test_the_list_of_studies_is_without_pilots(researcher, study):
    start_pilot(study, "rosa")
    assert "pilot" not in researcher.get("/console/").content.decode()


def test_a_member_of_a_study_works_on_its_pilots(survey, team):
    pilot = start_pilot(survey, "rosa")
    ben, dee = (User.objects.get(username=name) for name in ("ben", "dee"))
    assert role_of(ben, pilot) == Role.EDITOR
    assert role_of(dee, pilot) is None
    assert list(surveys_of(ben)) == [survey]


def test_the_letters_of_a_pilot_reveal_nothing_of_the_studys(study):
    pilots = [start_pilot(study, "rosa") for _ in range(12)]
    same = [condition_labels(pilot) == condition_labels(study) for pilot in pilots]
    assert {True, False} == set(same)
