"""Database and web server that are lost while people answer: nothing acknowledged is lost."""

import os
import signal
import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from surveys.bots.browsers import OverHttp
from tests.factories import make_protocol, make_stimulus_folder
from tests.faults.servers import PostgreSql, free_port
from tests.services.processes import wait_until
from tests.surveys.participation.test_killed_server import (
    CHECK,
    PREPARE,
    answer_until_it_breaks,
    run,
    start_server,
)

pytestmark = pytest.mark.faults
PEOPLE = 4


@contextmanager
def running(copy_of=None):
    # A folder that the user postgres can reach, as it cannot those of the tests.
    with tempfile.TemporaryDirectory(prefix="foresee-cluster-") as folder:
        Path(folder).chmod(0o755)
        server = PostgreSql(Path(folder) / "postgresql", copy_of)
        server.start()
        try:
            yield server
        finally:
            server.kill()


def environment_of(database, folder):
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database.address,
        "VAR_DIR": str(folder / "var"),
        "PORT": str(free_port()),
        "LOG_LEVEL": "CRITICAL",
    }


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """A stopped cluster with an open survey, made once, of which each test gets a copy."""
    folder = tmp_path_factory.mktemp("prepared")
    make_stimulus_folder(folder / "stimuli", n_wrong=30, n_right=30)
    with running() as server:
        program = PREPARE.format(file=str(make_protocol(folder)))
        done = run(program, environment_of(server, folder))
        assert done.returncode == 0, done.stderr
        server.stop()
        yield server
        server.start()  # it is ended as it began


@pytest.fixture
def database(prepared):
    with running(prepared) as server:
        yield server


@pytest.fixture
def environment(tmp_path, database):
    return environment_of(database, tmp_path)


class People:
    """Take the survey at once; what the server acknowledged to each is noted."""

    def __init__(self, environment):
        site = f"http://127.0.0.1:{environment['PORT']}"
        self.browsers = [OverHttp(site) for _ in range(PEOPLE)]
        self.acknowledged = [[] for _ in range(PEOPLE)]

    def start(self):
        self.threads = [
            Thread(target=answer_until_it_breaks, args=pair)
            for pair in zip(self.browsers, self.acknowledged, strict=True)
        ]
        for thread in self.threads:
            thread.start()

    def wait_for_answers(self, count):
        wait_until(lambda: sum(map(len, self.acknowledged)) >= count)

    def join(self):
        for thread in self.threads:
            thread.join()

    def go_on(self):
        """Each one opens the survey again and answers what is left."""
        self.start()
        self.join()


def stored(database):
    return database.query(
        "select t.position, r.option from surveys_response r join surveys_trial t"
        " on r.trial_id = t.id"
    )


def assert_nothing_is_lost(database, people, environment):
    rows = Counter(stored(database))
    acknowledged = Counter(
        (position, answer) for answers in people.acknowledged for _, position, answer in answers
    )
    assert all(rows[answer] >= count for answer, count in acknowledged.items())
    # At most one for each person and loss was stored without being acknowledged.
    assert acknowledged.total() <= rows.total() <= acknowledged.total() + PEOPLE
    checked = run(CHECK, environment)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def end(server):
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def test_a_web_server_killed_under_load_loses_no_answer_that_it_acknowledged(database, environment):
    people = People(environment)
    server = start_server(environment)
    people.start()
    people.wait_for_answers(40)
    end(server)
    people.join()
    assert_nothing_is_lost(database, people, environment)

    server = start_server(environment)
    try:
        people.go_on()
    finally:
        end(server)
    assert len(stored(database)) == PEOPLE * 60


@pytest.mark.parametrize("way", ["stop", "kill"])
def test_a_database_stopped_under_load_keeps_every_acknowledged_answer_and_people_go_on(
    way, database, environment
):
    people = People(environment)
    server = start_server(environment)
    try:
        people.start()
        people.wait_for_answers(40)
        getattr(database, way)()
        people.join()
        database.start()
        assert_nothing_is_lost(database, people, environment)
        # The same server processes go on: their dead connections are replaced.
        people.go_on()
        assert len(stored(database)) == PEOPLE * 60
    finally:
        end(server)
