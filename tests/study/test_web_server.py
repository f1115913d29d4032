"""A process of the web server ends with the server that started it."""

import multiprocessing
import os
import sys
from types import SimpleNamespace


def test_it_watches_the_server_that_started_it_and_not_who_took_its_place(monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")  # The import sets it.
    from study import web_server

    watched = []
    monkeypatch.setattr(
        web_server, "stop_when_orphaned", lambda parent, insist: watched.append((parent, insist))
    )
    monkeypatch.setitem(sys.modules, "study.wsgi", SimpleNamespace(application="the survey"))
    # The server was killed before its process came so far.
    monkeypatch.setattr(os, "getppid", lambda: 1)
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: SimpleNamespace(pid=77))

    assert web_server.make_application() == "the survey"
    assert watched == [(77, True)]
