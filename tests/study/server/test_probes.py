"""The doctor names what is missing and what to do, and its exit status tells."""

from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from study.celery import app
from study.server import probes
from study.server.probes import Finding


@pytest.fixture
def served(monkeypatch):
    """Which queues the workers serve, as they would answer."""
    answer = {}
    monkeypatch.setattr(
        app.control,
        "inspect",
        lambda timeout: SimpleNamespace(active_queues=lambda: answer or None),
    )
    return answer


def test_a_missing_part_gives_its_remedy_and_exit_status_1(monkeypatch, capsys):
    findings = [
        Finding("database", "ok", "PostgreSQL answers."),
        Finding("worker", "missing", "None answers.", "Run `make worker`."),
    ]
    monkeypatch.setattr("study.management.commands.doctor.examine", lambda: findings)
    with pytest.raises(CommandError, match=r"Missing: worker\.") as told:
        call_command("doctor")
    assert told.value.returncode == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split(maxsplit=2) == ["ok", "database", "PostgreSQL answers."]
    assert lines[2].strip() == "-> Run `make worker`."


def test_notes_alone_are_no_failure(monkeypatch):
    findings = [Finding("device", "note", "No GPU.", "Buy one.")]
    monkeypatch.setattr("study.management.commands.doctor.examine", lambda: findings)
    call_command("doctor")


def test_every_part_of_this_machine_can_be_examined(db, served):
    served["one@here"] = [{"name": "default"}, {"name": "gpu"}]
    findings = {finding.part: finding for finding in probes.examine()}
    assert findings["tables"].state == "ok"
    assert findings["worker"].found == "1 answer: one@here."
    assert all(finding.state == "ok" or finding.remedy for finding in findings.values())


def test_no_worker_is_missing(served):
    assert probes.worker().state == "missing"


def test_a_queue_that_nobody_serves_is_named(served):
    served["one@here"] = [{"name": "default"}]
    assert "none serves the queue gpu" in probes.worker().found


def test_a_secret_key_that_is_not_stored_is_missing(settings):
    settings.STORED_SECRET_KEY = ""
    assert probes.secret_key().state == "missing"


def test_a_database_that_does_not_answer_is_named_with_its_first_line(monkeypatch):
    def refuse():
        raise OperationalError("connection refused\nIs the server running?")

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    assert probes.database().found == "It does not answer: connection refused"


def test_a_broker_that_does_not_answer_is_missing(monkeypatch):
    def refuse(**options):
        raise ConnectionRefusedError("connection refused")

    monkeypatch.setattr(app, "connection_for_write", refuse)
    assert probes.broker().state == "missing"
