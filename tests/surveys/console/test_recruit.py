"""What is copied into a panel, and the list for payment."""

import csv

import pytest

from accounts.models import AuditEntry
from surveys.models import Survey
from tests.factories import make_survey
from tests.surveys.visitor import Visitor

PROLIFIC = """
[panel]
name = "prolific"
required = true
return_url = "https://app.prolific.com/submissions/complete?cc={code}"

[panel.codes]
complete = "C1ABCDEF"
"""


@pytest.fixture
def study(db, tmp_path):
    return make_survey(tmp_path, more=PROLIFIC)


def page(browser) -> str:
    return str(browser.get("/console/surveys/shapes/recruit/").content.decode())


def test_the_address_has_the_panels_marks_as_the_panel_writes_them(researcher, study):
    address = researcher.get("/console/surveys/shapes/recruit/").context["address"]
    assert address.endswith(
        "/s/shapes/?PROLIFIC_PID={{%PROLIFIC_PID%}}&STUDY_ID={{%STUDY_ID%}}"
        "&SESSION_ID={{%SESSION_ID%}}"
    )


def test_a_study_without_a_panel_says_how_to_name_one(researcher, survey):
    words = page(researcher)
    assert "Nobody’s id is stored." in words
    assert "Completion codes" not in words


def test_every_code_stands_beside_what_it_means(researcher, study):
    words = page(researcher)
    assert "C1ABCDEF" in words
    assert "Approve and pay." in words


def test_what_the_protocol_lacks_for_its_panel_is_said(researcher, db, tmp_path):
    make_survey(tmp_path, more='[panel]\nname = "prolific"\n')
    words = page(researcher)
    for lack in ("get no completion code", "not sent back", "without an id may take part"):
        assert lack in words


def test_the_list_for_payment_names_ids_outcomes_and_codes_and_is_logged(researcher, study):
    visitor = Visitor("shapes")
    visitor.arrive("?PROLIFIC_PID=person1&STUDY_ID=s&SESSION_ID=v")
    visitor.finish()
    response = researcher.post("/console/surveys/shapes/recruit/payments/")
    (row,) = csv.DictReader(response.content.decode().splitlines())
    assert (row["panel_id"], row["outcome"], row["code"]) == ("person1", "complete", "C1ABCDEF")
    assert AuditEntry.objects.latest("number").action == "survey.exported"


def test_only_owners_get_the_list_for_payment(team):
    address = f"/console/surveys/{Survey.objects.get().slug}/recruit/payments/"
    assert team.ben.post(address).status_code == 403
    assert team.ada.post(address).status_code == 200
