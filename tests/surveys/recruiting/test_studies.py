"""A draft on Prolific, and what happens to it and to places here."""

import json
from datetime import timedelta

import httpx2
import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from surveys.errors import ProlificError
from surveys.models import Event, Participant, ProlificStudy
from surveys.participation.people.assignment import places_taken
from surveys.recruiting.prolific import studies
from tests.surveys.recruiting.conftest import participant_of
from tests.surveys.recruiting.fake_prolific import refusal
from tests.team import make_user

ENTRY = "https://example.org/s/shapes/"
ASKED = {
    "title": "What does the model see?", "description": "Name what a model sees.", "places": 40,
    "minutes": 12, "reward": 1.5, "finished": "MANUALLY_REVIEW",
}  # fmt: skip


@pytest.fixture
def rosa(db):
    return make_user("rosa")


@pytest.fixture
def linked(study, prolific, rosa):
    studies.link(study, prolific.add_study(ENTRY), rosa)
    return study


def test_a_draft_has_the_address_the_codes_and_what_is_paid(study, prolific, rosa):
    made = studies.create_draft(study, ENTRY, ASKED, rosa)
    sent = json.loads(prolific.requests[0].content)
    assert sent["external_study_url"] == (
        f"{ENTRY}?PROLIFIC_PID={{{{%PROLIFIC_PID%}}}}&STUDY_ID={{{{%STUDY_ID%}}}}"
        "&SESSION_ID={{%SESSION_ID%}}"
    )
    assert sent["prolific_id_option"] == "url_parameters"
    assert (sent["total_available_places"], sent["reward"]) == (40, 150)
    assert sent["estimated_completion_time"] == 12
    assert [(code["code"], code["code_type"], code["actions"][0]["action"])
            for code in sent["completion_codes"]] == [
        ("C1ABCDEF", "COMPLETED", "MANUALLY_REVIEW"),
        ("C4ABCDEF", "NO_CONSENT", "REQUEST_RETURN"),
        ("C5ABCDEF", "OTHER", "REQUEST_RETURN"),
        ("C7ABCDEF", "OTHER", "MANUALLY_REVIEW"),
    ]  # fmt: skip
    assert made.status == "UNPUBLISHED"
    assert AuditEntry.objects.latest("number").details["study_id"] == made.study_id


def test_nothing_is_stored_when_prolific_refuses_the_draft(study, prolific, rosa):
    for failure in (refusal(400, "too low"), httpx2.ReadTimeout("slow"), httpx2.Response(201)):
        prolific.fail(failure)
        with pytest.raises(ProlificError):
            studies.create_draft(study, ENTRY, ASKED, rosa)
    assert not ProlificStudy.objects.exists()
    assert not AuditEntry.objects.filter(action__startswith="prolific").exists()


def test_of_two_presses_one_makes_a_draft(study, prolific, rosa):
    studies.create_draft(study, ENTRY, ASKED, rosa)
    with pytest.raises(ProlificError, match="has one on Prolific already"):
        studies.create_draft(study, ENTRY, ASKED, rosa)
    assert len(prolific.studies) == 1


def test_a_study_that_leads_elsewhere_is_not_linked(study, prolific, rosa):
    other = prolific.add_study("https://example.org/s/shapes-2/")
    with pytest.raises(ProlificError, match="not to this study’s address"):
        studies.link(study, other, rosa)
    assert not ProlificStudy.objects.exists()


@pytest.mark.parametrize("study_id", ["", "../users/me", "5f0c?x=1", "a" * 65])
def test_what_is_no_id_is_never_asked_for(study, prolific, rosa, study_id):
    with pytest.raises(ProlificError, match="letters and digits"):
        studies.link(study, study_id, rosa)
    assert prolific.requests == []


def test_places_of_those_who_gave_up_are_free_at_once_and_it_is_logged(
    linked, prolific, rosa, come
):
    for name, answers in (("back", 1), ("late", 2), ("busy", 1), ("done", None)):
        come(name, answers)
    assert places_taken(linked, linked.protocol) == 4
    statuses = {"back": "RETURNED", "late": "TIMED-OUT", "busy": "ACTIVE", "done": "RETURNED"}
    for name, status in statuses.items():
        prolific.submit("5f0c", name, status)
    assert studies.give_back(linked, rosa) == 2
    assert places_taken(linked, linked.protocol) == 2
    stops = Event.objects.filter(kind=Event.Kind.STOP)
    assert sorted(stops.values_list("detail", flat=True)) == [
        "returned on Prolific", "timed out on Prolific",
    ]  # fmt: skip
    assert participant_of("late").n_answered == 2
    assert participant_of("done").stopped_at is None
    entry = AuditEntry.objects.latest("number")
    assert (entry.action, entry.details) == ("participant.visits_ended", {"participants": 2})
    assert studies.give_back(linked, rosa) == 0


def test_somebody_whose_visit_ended_is_shown_the_end_and_takes_no_place_again(
    linked, prolific, rosa, come
):
    visitor = come("back", 1)
    prolific.submit("5f0c", "back", "RETURNED")
    studies.give_back(linked, rosa)
    visitor.get(visitor.url())
    assert visitor.is_over
    assert places_taken(linked, linked.protocol) == 0


def test_nothing_is_given_back_when_prolific_fails_midway(linked, prolific, rosa, come):
    come("back", 1)
    prolific.submit("5f0c", "back", "RETURNED")
    page = {"results": prolific.submissions["5f0c"], "meta": {"count": 2}}
    prolific.fail(httpx2.Response(200, json=prolific.studies["5f0c"]))
    prolific.fail(httpx2.Response(200, json=page))
    prolific.fail(httpx2.Response(503))
    with pytest.raises(ProlificError, match="503"):
        studies.give_back(linked, rosa)
    assert Participant.objects.get().stopped_at is None


def test_a_study_is_paused_and_how_it_stands_is_kept(linked, prolific, rosa):
    ProlificStudy.objects.update(asked_at=timezone.now() - timedelta(days=1))
    assert studies.pause(linked, rosa).status == "PAUSED"
    stored = ProlificStudy.objects.get()
    assert stored.status == prolific.studies["5f0c"]["status"] == "PAUSED"
    assert timezone.now() - stored.asked_at < timedelta(hours=1)
    with pytest.raises(ProlificError, match="A study that is PAUSED cannot be changed so"):
        studies.pause(linked, rosa)


def test_an_unlinked_study_is_not_asked_for_and_stays_on_prolific(linked, prolific, rosa):
    assert studies.unlink(linked, rosa)
    n_asked = len(prolific.requests)
    with pytest.raises(ProlificError, match="create or link one first"):
        studies.pause(linked, rosa)
    assert len(prolific.requests) == n_asked
    assert prolific.studies["5f0c"]["status"] == "ACTIVE"
