"""Lines of the log: with the ids of requests and tasks, without anything about a person."""

import json
import logging

import pytest
from celery import shared_task
from django.test import Client

from study.monitoring.logs import ContextFilter, JsonFormatter, TextFormatter, logging_settings
from study.monitoring.request_log import HEADER


class Lines(logging.Handler):
    """Keeps what a handler of ours would have written."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.addFilter(ContextFilter())
        self.setFormatter(JsonFormatter())
        self.lines = []

    def emit(self, record):
        self.lines.append(json.loads(self.format(record)))


@pytest.fixture
def lines():
    handler, root = Lines(), logging.getLogger()
    own = logging.getLogger("study.monitoring.request_log")
    before = own.level, root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    own.setLevel(logging.INFO)
    yield handler.lines
    root.removeHandler(handler)
    own.setLevel(before[0])
    root.setLevel(before[1])


def test_each_request_has_an_id_in_its_header_and_its_lines(client, survey, lines):
    first, second = (client.get("/s/shapes/") for _ in range(2))
    assert len(first[HEADER]) == 16
    assert [line["request_id"] for line in lines] == [first[HEADER], second[HEADER]]


def test_what_django_says_of_a_refused_request_has_its_id_too(client, db, lines):
    response = client.get("/nowhere")
    assert {line["logger"] for line in lines} == {"study.monitoring.request_log", "django.request"}
    assert {line["request_id"] for line in lines} == {response[HEADER]}


def test_a_client_cannot_choose_the_id(client, survey):
    assert client.get("/s/shapes/", headers={HEADER: "mine"})[HEADER] != "mine"


def test_a_line_says_method_route_status_and_time(client, survey, lines):
    client.get("/s/shapes/")
    (line,) = lines
    assert line["message"] == "GET /s/<slug:slug>/ 200"
    assert (line["method"], line["route"], line["status"]) == ("GET", "/s/<slug:slug>/", 200)
    assert line["milliseconds"] > 0
    assert line["level"] == "INFO"
    assert line["logger"] == "study.monitoring.request_log"


def test_no_line_identifies_a_person(survey, lines):
    secret = "SECRET-PANEL-ID"
    browser = Client(headers={"User-Agent": secret, "Referer": secret}, REMOTE_ADDR="203.0.113.9")
    browser.get(f"/s/shapes/?PROLIFIC_PID={secret}")
    browser.get(f"/s/nowhere/{secret}/")
    browser.get(f"/console/invitations/{secret}/")
    browser.get(f"/console/invitations/é{secret}/")
    browser.get(f"/{secret}")
    browser.post("/console/login/", {"username": secret, "password": secret})
    assert len(lines) >= 5
    reported = json.dumps(lines)
    assert secret not in reported
    assert "203.0.113.9" not in reported


def test_what_a_task_logs_has_its_id(lines):
    @shared_task
    def speak():
        logging.getLogger("a.task").info("Here.")

    done = speak.apply()
    (line,) = [line for line in lines if line["logger"] == "a.task"]
    assert line["task_id"] == done.id
    assert line["task"].endswith("speak")
    assert "request_id" not in line


def test_an_exception_is_one_line_of_json(lines):
    try:
        raise ValueError("Two\nlines")
    except ValueError:
        logging.getLogger("x").exception("It broke.")
    (line,) = lines
    assert "ValueError: Two\nlines" in line["exception"]


def test_text_is_for_people_and_ends_with_the_id():
    record = logging.LogRecord("a", logging.INFO, "", 0, "Here.", (), None)
    record.request_id = "abc"
    assert TextFormatter("{message}", style="{").format(record) == "Here. [abc]"


def test_only_json_has_a_line_for_each_request():
    name = "study.monitoring.request_log"
    levels = {
        form: logging_settings(form, "INFO")["loggers"][name]["level"] for form in ("text", "json")
    }
    assert levels == {"text": "WARNING", "json": "INFO"}


def test_the_level_holds_for_django_too():
    assert logging_settings("text", "CRITICAL")["loggers"]["django"] == {"level": "CRITICAL"}
