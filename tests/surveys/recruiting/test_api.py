"""What a researcher reads when Prolific fails, and what is asked of whom."""

import logging

import httpx2
import pytest

from surveys.errors import ProlificError
from surveys.recruiting.prolific.api import Prolific
from tests.surveys.recruiting.fake_prolific import MOST_PER_PAGE, TOKEN, FakeProlific, refusal

FAILURES = {
    "no token": (refusal(401, "Invalid token."), "did not accept the token"),
    "no right": (refusal(403, "Forbidden."), "does not allow this"),
    "no study": (refusal(404, "Not found."), "knows no such study"),
    "too often": (httpx2.Response(429, headers={"Retry-After": "17"}), "Try again in 17 seconds"),
    "too often, no wait": (httpx2.Response(429), "Try again in a minute"),
    "too often, odd wait": (httpx2.Response(429, headers={"Retry-After": "<b>"}), "in a minute"),
    "refused": (refusal(400, "Reward is too low."), "(status 400): Reward is too low."),
    "refused in fields": (refusal(422, {"reward": ["too low"]}), "(status 422): {'reward'"),
    "refused without JSON": (httpx2.Response(400, text="<html>"), "(status 400)."),
    "refused with a list": (httpx2.Response(400, json=["no"]), "(status 400): ['no']"),
    "down": (httpx2.Response(503, text="maintenance"), "problem of its own (status 503)"),
    "moved": (
        httpx2.Response(301, headers={"Location": "https://elsewhere.invalid/"}),
        "set PROLIFIC_URL to the API’s address",
    ),
    "cut off": (httpx2.Response(200, text='{"id": "5f'), "could not be read (the whole"),
    "another shape": (httpx2.Response(200, json=[1]), "could not be read (the whole"),
    "no status": (httpx2.Response(200, json={"id": "5f0c"}), "could not be read (status"),
    "an id that is none": (
        httpx2.Response(200, json={"id": "../users/me", "status": "ACTIVE"}),
        "could not be read (id",
    ),
    "no answer in time": (httpx2.ReadTimeout("slow"), "within 10 seconds. Try again in a minute."),
    "no connection": (
        httpx2.ConnectError("refused"),
        "could not be reached at https://prolific.in",
    ),
    "a broken answer": (httpx2.RemoteProtocolError("cut"), "could not be reached"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_each_failure_is_one_sentence_without_the_token(prolific, failure):
    answer, words = FAILURES[failure]
    prolific.fail(answer)
    with Prolific() as client, pytest.raises(ProlificError) as caught:
        client.find_study("5f0c")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_a_draft_that_may_have_been_made_is_looked_for_before_another_one_is(prolific):
    prolific.fail(httpx2.ReadTimeout("slow"))
    with Prolific() as client, pytest.raises(ProlificError, match="look on Prolific before"):
        client.create_study({})


def test_prolifics_words_are_shown_in_short_and_never_with_the_token(prolific):
    prolific.fail(refusal(400, f"Token {TOKEN} " + "x" * 1000))
    with Prolific() as client, pytest.raises(ProlificError) as caught:
        client.find_study("5f0c")
    assert TOKEN not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_redirect_is_not_followed(prolific):
    prolific.fail(httpx2.Response(307, headers={"Location": "https://elsewhere.invalid/"}))
    with Prolific() as client, pytest.raises(ProlificError, match="redirects elsewhere"):
        client.find_study("5f0c")
    assert {request.url.host for request in prolific.requests} == {"prolific.invalid"}


def test_the_token_is_in_no_log(prolific, caplog):
    prolific.add_study("https://example.org/s/shapes/")
    with caplog.at_level(logging.DEBUG), Prolific() as client:
        client.find_study("5f0c")
    assert prolific.requests[0].headers["Authorization"] == f"Token {TOKEN}"
    assert TOKEN not in caplog.text


def test_without_a_token_nothing_is_asked(prolific, settings):
    settings.PROLIFIC_TOKEN = ""
    with pytest.raises(ProlificError, match="no token for Prolific"):
        Prolific()
    assert prolific.requests == []


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "umläut"])
def test_a_token_that_is_none_is_refused_without_being_repeated(prolific, settings, token):
    settings.PROLIFIC_TOKEN = token
    with pytest.raises(ProlificError, match="contains characters") as caught:
        Prolific()
    assert token not in str(caught.value)


@pytest.mark.parametrize("count", [0, 1, MOST_PER_PAGE, 2 * MOST_PER_PAGE + 1])
def test_submissions_are_read_page_by_page_to_the_last(prolific, count):
    study = prolific.add_study("https://example.org/s/shapes/")
    for number in range(count):
        prolific.submit(study, f"p{number}", "APPROVED")
    with Prolific() as client:
        found = client.find_submissions(study)
    assert [row.participant_id for row in found] == [f"p{number}" for number in range(count)]


def test_submissions_of_which_a_page_is_missing_are_not_half_read(prolific: FakeProlific):
    study = prolific.add_study("https://example.org/s/shapes/")
    prolific.submit(study, "p0", "ACTIVE")
    page = {"results": prolific.submissions[study], "meta": {"count": 5}}
    prolific.fail(httpx2.Response(200, json=page), times=2)
    with Prolific() as client, pytest.raises(ProlificError, match="lists 5 submissions but sent 1"):
        client.find_submissions(study)


def test_a_submission_without_its_participant_is_said_and_quoted_nowhere(prolific):
    study = prolific.add_study("https://example.org/s/shapes/")
    page = {"results": [{"id": "secret-session", "status": "ACTIVE"}], "meta": {"count": 1}}
    prolific.fail(httpx2.Response(200, json=page))
    with Prolific() as client, pytest.raises(ProlificError) as caught:
        client.find_submissions(study)
    assert "results.0.participant_id" in str(caught.value)
    assert "secret-session" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_server_that_is_not_there_is_said(settings):
    settings.PROLIFIC_TOKEN, settings.PROLIFIC_URL = TOKEN, "http://127.0.0.1:1"
    with Prolific() as client, pytest.raises(ProlificError, match="could not be reached"):
        client.find_study("5f0c")
