"""The console speaks to researchers who know neither the protocol's keys nor the command line."""

import pytest

from surveys.models import Survey
from surveys.studies.protocols.beginnings import DESIGNS, QUESTIONS
from tests.factories import make_survey
from tests.surveys.visitor import Visitor

STUDY = "/console/surveys/shapes"


def words(client, address):
    return client.get(address).content.decode()


def test_every_design_of_the_library_says_what_it_asks():
    assert set(QUESTIONS) == {file.stem for file in DESIGNS.glob("*.toml")}


def test_a_new_study_says_what_it_begins_with(researcher, db, tmp_path):
    make_survey(tmp_path)
    page = words(researcher, "/console/studies/new/?begin=copy:shapes")
    assert ">Copy of What does the model see? (shapes)</h2>" in page


def test_a_participants_page_has_words_instead_of_keys(researcher, db, tmp_path):
    survey = make_survey(tmp_path)
    Visitor(survey.slug).finish()
    (person,) = survey.participants.all()
    page = words(researcher, f"{STUDY}/participants/{person.pk}/")
    assert "I just can’t tell" in page
    assert "cant_tell" not in page
    assert "<dd>English</dd>" in page


def test_an_open_study_can_be_closed_where_its_participants_are_watched(team):
    assert "Close the study…" in words(team.ben, f"{STUDY}/live/")
    assert "Close the study…" not in words(team.cy, f"{STUDY}/live/")
    team.ben.post(f"{STUDY}/status/", {"status": "closed"})
    assert "Close the study…" not in words(team.ben, f"{STUDY}/live/")


def test_an_open_pilot_is_taken_from_its_card(researcher, db, tmp_path):
    make_survey(tmp_path, is_open=False)
    researcher.post(f"{STUDY}/pilots/")
    page = words(researcher, f"{STUDY}/pilots/")
    pilot = Survey.objects.get(pilot_number=1)
    assert f'/s/{pilot.slug}/">Take it yourself</a>' in page
    researcher.post(f"{STUDY}/pilots/", {"end": pilot.slug})
    assert "Take it yourself" not in words(researcher, f"{STUDY}/pilots/")


@pytest.mark.parametrize("page", ["bots", "recruit", "pilots", "results"])
def test_no_page_of_a_draft_names_a_command_or_a_key(researcher, db, tmp_path, page):
    make_survey(tmp_path, is_open=False, more='[panel]\nname = "prolific"\n')
    shown = words(researcher, f"{STUDY}/{page}/").partition("<main")[2]
    assert "load_study" not in shown
    assert "manage.py" not in shown
    assert "panel." not in shown.replace("panel.</", "")


def test_an_invitation_has_a_button_that_copies_it(team):
    shown = team.ada.post(f"{STUDY}/people/", {"role": "viewer"}).content.decode()
    assert 'data-copy="invitation-link"' in shown
