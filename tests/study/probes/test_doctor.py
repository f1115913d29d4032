"""The doctor names what is missing and what to do, and its exit status says whether anything is."""

from functools import partial
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from study.celery import app
from study.probes import services, site
from study.probes.probe import Finding, Probe, all_probes


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


def examine(monkeypatch, **findings):
    probes = [Probe(part, partial(dict.get, findings, part)) for part in findings]
    monkeypatch.setattr("study.management.commands.doctor.all_probes", lambda: probes)
    call_command("doctor")


def test_a_missing_part_gives_its_remedy_and_exit_status_1(monkeypatch, capsys):
    with pytest.raises(CommandError, match=r"Missing: worker\.") as reported:
        examine(
            monkeypatch,
            database=Finding("ok", "PostgreSQL answers."),
            worker=Finding("missing", "None answers.", "Run `make worker`."),
        )
    assert reported.value.returncode == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split(maxsplit=2) == ["ok", "database", "PostgreSQL answers."]
    assert lines[2].strip() == "-> Run `make worker`."


def test_notes_alone_are_no_failure(monkeypatch):
    examine(monkeypatch, device=Finding("note", "No GPU.", "Buy one."))


def test_every_part_of_this_machine_can_be_examined(db, served):
    served["one@here"] = [{"name": "default"}, {"name": "gpu"}]
    findings = {probe.part: probe.look() for probe in all_probes()}
    assert findings["tables"].state == "ok"
    assert findings["worker"].found == "1 answer: one@here."
    assert all(finding.state == "ok" or finding.remedy for finding in findings.values())


def test_each_part_and_each_check_id_is_one_probe():
    probes = list(all_probes())
    ids = [probe.check_id for probe in probes if probe.check_id]
    assert len({probe.part for probe in probes}) == len(probes)
    assert len(set(ids)) == len(ids)


def test_no_worker_is_missing(served):
    assert services.worker().state == "missing"


def test_a_queue_that_nobody_serves_is_named(served):
    served["one@here"] = [{"name": "default"}]
    assert "none serves the queue gpu" in services.worker().found


def test_a_secret_key_that_is_not_stored_is_missing(settings):
    settings.STORED_SECRET_KEY = ""
    assert site.secret_key().state == "missing"


def test_a_database_that_does_not_answer_is_named_with_its_first_line(monkeypatch):
    def refuse():
        raise OperationalError("connection refused\nIs the server running?")

    monkeypatch.setattr(connection, "cursor", refuse)
    assert services.database().found == "It does not answer: connection refused"


def test_a_broker_that_does_not_answer_is_missing(monkeypatch):
    def refuse(**options):
        raise ConnectionRefusedError("connection refused")

    monkeypatch.setattr(app, "connection_for_write", refuse)
    assert services.broker().state == "missing"
