"""A server ends when the process that started it is gone."""

import os
import signal

from study import orphans


def test_it_stops_itself_when_its_parent_changes_and_not_before(monkeypatch):
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

    assert events == [*["parent 77"] * 3, "parent 1", (os.getpid(), signal.SIGTERM)]
