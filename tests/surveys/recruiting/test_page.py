"""The card about Prolific on the page Recruit."""

import httpx2
import pytest

from accounts.models import AuditEntry
from surveys.benchmarks.console_speed import MOST_QUERIES
from surveys.models import ProlificStudy
from surveys.recruiting.prolific.studies import link
from tests.factories import make_survey
from tests.surveys.recruiting.fake_prolific import TOKEN, refusal
from tests.team import make_user

RECRUIT = "/console/surveys/shapes/recruit/"
FORM = {
    "title": "What does the model see?", "description": "Name what a model sees.", "places": "40",
    "minutes": "12", "reward": "1.50", "finished": "AUTOMATICALLY_APPROVE",
}  # fmt: skip
ACTIONS = ("create", "compare", "link", "unlink", "pause", "give-back")


def post(browser, action, **fields):
    response = browser.post(f"{RECRUIT}prolific/{action}/", fields, follow=True)
    return response.content.decode()


@pytest.fixture
def linked(study, prolific):
    link(study, prolific.add_study("http://testserver/s/shapes/"), make_user("rosa"))
    return prolific


def test_without_a_token_the_page_says_how_to_set_one(people, settings):
    text = people.ada.get(RECRUIT).content.decode()
    assert "PROLIFIC_TOKEN_FILE" in text
    assert "Create the draft" not in text


def test_opening_the_page_asks_nothing(people, linked, django_assert_max_num_queries):
    n_asked = len(linked.requests)
    with django_assert_max_num_queries(MOST_QUERIES):
        text = people.ada.get(RECRUIT).content.decode()
    assert "was active when Prolific was last asked" in text
    assert len(linked.requests) == n_asked


def test_studies_of_other_panels_have_no_such_card(researcher, prolific, survey):
    assert "On Prolific" not in researcher.get(RECRUIT).content.decode()


def test_an_editor_creates_a_draft(people, prolific):
    text = post(people.ben, "create", **FORM)
    assert "The draft is on Prolific" in text
    assert "unpublished" in text
    assert TOKEN not in text
    assert ProlificStudy.objects.get().study_id in prolific.studies


def test_a_form_that_is_wrong_names_all_problems_and_keeps_what_was_typed(people, prolific):
    text = post(people.ben, "create", **{**FORM, "places": "none", "reward": "1.505"})
    assert "Enter a whole number" in text
    assert "2 decimal places" in text
    assert "Name what a model sees." in text
    assert prolific.requests == []


def test_what_prolific_refuses_stands_above_the_form(people, prolific):
    prolific.fail(refusal(400, "The reward is below the minimum."))
    text = post(people.ben, "create", **FORM)
    assert "The reward is below the minimum." in text
    assert "Name what a model sees." in text
    assert not ProlificStudy.objects.exists()


def test_submissions_that_differ_are_listed_with_what_to_do(people, linked, come):
    come("back", 1)
    linked.submit("5f0c", "back", "RETURNED")
    text = post(people.ada, "compare")
    assert "1 submission on Prolific" in text
    assert "Returned on Prolific, unfinished here: 1" in text
    assert "Give back 1 place" in text
    assert AuditEntry.objects.latest("number").action == "prolific.read"
    assert "The visits of 1 participant ended" in post(people.ada, "give-back")


def test_only_owners_see_whose_submission_it_is(people, linked, come):
    come("back", 1)
    linked.submit("5f0c", "back", "RETURNED")
    assert "session-1" in post(people.ada, "compare")
    assert "session-1" not in post(people.ben, "compare")


@pytest.mark.parametrize("action", ["compare", "pause", "give-back"])
def test_a_failure_is_a_sentence_on_the_page(people, linked, action):
    linked.fail(httpx2.ConnectError("refused"))
    assert "Prolific could not be reached" in post(people.ada, action)


@pytest.mark.parametrize("action", ACTIONS)
def test_viewers_and_strangers_ask_prolific_nothing(people, linked, action):
    n_asked = len(linked.requests)
    address = f"{RECRUIT}prolific/{action}/"
    assert people.cy.post(address).status_code == 403
    assert people.dee.post(address).status_code == 404
    assert people.ada.get(address).status_code == 405
    assert len(linked.requests) == n_asked
    assert f'action="{address}"' not in people.cy.get(RECRUIT).content.decode()


def test_a_draft_of_which_nothing_is_known_is_said(people, study, prolific):
    """As after a server was lost while it waited for Prolific."""
    ProlificStudy.objects.create(survey=study)
    assert "no answer is known" in people.ada.get(RECRUIT).content.decode()
    assert "has one on Prolific already" in post(people.ada, "create", **FORM)
    assert "Unlinked" in post(people.ada, "unlink")
    assert "Create the draft" in people.ada.get(RECRUIT).content.decode()


def test_a_protocol_without_a_code_for_the_end_gets_no_draft(researcher, db, tmp_path, prolific):
    make_survey(tmp_path, more='[panel]\nname = "prolific"\n')
    assert "panel.codes.complete" in post(researcher, "create", **FORM)
    assert prolific.requests == []
