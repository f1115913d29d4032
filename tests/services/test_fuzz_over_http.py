"""Hostile requests to a web server as it runs in production break and change nothing.

`make fuzz` runs this, too, with as many requests.
"""

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings

from tests.factories import make_survey
from tests.faults.servers import free_port
from tests.fuzz.attack import attack
from tests.fuzz.over_http import OverHttp
from tests.services.processes import database_address
from tests.surveys.everything import EVERYTHING
from tests.surveys.participation.test_killed_server import start_server

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site():
    """The web server on the real settings, with the keys and the stimuli of the tests."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "study.settings",
        "DATABASE_URL": database_address(),
        "SECRET_KEY": settings.SECRET_KEY,
        "AUDIT_KEY": settings.AUDIT_KEY,
        "VAR_DIR": str(Path(settings.STORAGES["stimuli"]["OPTIONS"]["location"]).parent),
        "PORT": str(free_port()),
        "LOG_LEVEL": "CRITICAL",
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run(collect, cwd=settings.BASE_DIR, env=environment, check=True)
    server = start_server(environment)
    yield f"http://127.0.0.1:{environment['PORT']}"
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def test_no_hostile_request_breaks_a_running_server_or_changes_the_data(site, tmp_path):
    n_requests = int(os.environ.get("FUZZ_REQUESTS", "300"))
    survey = make_survey(tmp_path, more='languages = ["en", "ar"]\n' + EVERYTHING)
    number = int(os.environ.get("FUZZ_SEED", "1"))
    assert OverHttp(site).get(f"/s/{survey.slug}/").status_code == 200
    statuses = attack(survey, n_requests, number, make_browser=partial(OverHttp, site))
    print(dict(statuses))  # noqa: T201 - `make fuzz` shows it
    assert statuses["requests"] >= n_requests * 0.9
    assert min(statuses["2xx"] + statuses["3xx"], statuses["4xx"]) > n_requests * 0.02
    # Of a few hundred requests, it may be that none is for a page as it is.
    assert statuses["2xx"] or n_requests < 1_000
    # Connections that are closed without an answer are for what is no HTTP at all.
    assert statuses["0xx"] < n_requests * 0.02
