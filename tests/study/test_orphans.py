"""A server ends when the process that started it is gone, and says why."""

import os
import signal
import subprocess
import sys

import pytest

from study import orphans


def test_it_stops_itself_when_its_parent_changes_and_not_before(monkeypatch, caplog):
    events = []
    parents = iter([77, 77, 77, 1])

    def look():
        parent = next(parents)
        events.append(f"parent {parent}")
        return parent

    monkeypatch.setattr(orphans, "LOOK_EVERY_SECONDS", 0)
    monkeypatch.setattr(os, "getppid", look)
    monkeypatch.setattr(os, "kill", lambda *sent: events.append(sent))
    orphans.stop_when_orphaned(77).join(timeout=5)

    assert "(process 77) has ended, so this one stops, too" in caplog.text
    assert events == [*["parent 77"] * 3, "parent 1", (os.getpid(), signal.SIGTERM)]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_it_insists_where_the_first_signal_may_be_missed(monkeypatch):
    sent = []

    def kill(process, name):
        sent.append((process, name))
        if len(sent) == 3:
            raise SystemExit  # Ends the thread, as the signal would end the process.

    monkeypatch.setattr(orphans, "LOOK_EVERY_SECONDS", 0)
    monkeypatch.setattr(os, "getppid", lambda: 1)
    monkeypatch.setattr(os, "kill", kill)
    orphans.stop_when_orphaned(77, insist=True).join(timeout=5)
    assert sent == [(os.getpid(), signal.SIGTERM)] * 3


def test_what_was_started_by_nohup_outlives_its_terminal():
    program = "from study import orphans; print(orphans.IS_DETACHED)"
    for before, expected in (("", "False"), ("trap '' HUP; ", "True")):
        done = subprocess.run(
            ["/bin/sh", "-c", f'{before}exec "$0" -c "{program}"', sys.executable],
            capture_output=True, text=True, check=True,
            # Whatever started the tests may be detached itself.
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
        )  # fmt: skip
        assert done.stdout.strip() == expected


def test_a_detached_server_watches_nobody(monkeypatch):
    watched = []
    monkeypatch.setattr(orphans, "stop_when_orphaned", watched.append)
    for is_detached in (True, False):
        monkeypatch.setattr(orphans, "IS_DETACHED", is_detached)
        orphans.stop_when_supervisor_ends()
    assert watched == [orphans.PARENT]
