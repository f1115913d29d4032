"""Two web servers that count visitors in one Redis, which may go away while people answer."""

import os
import signal
import time

import pytest

from surveys.bots.browsers import OverHttp
from surveys.models import Response
from tests.factories import make_survey
from tests.faults.servers import Redis, free_port
from tests.services.processes import database_address
from tests.surveys.participation.test_killed_server import answer_until_it_breaks, start_server

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
LIMIT = 6
PATH = "/s/shapes/"


@pytest.fixture
def redis(tmp_path):
    server = Redis(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def sites(redis, tmp_path):
    """Two servers behind one proxy, as on two machines: they share database and Redis alone."""
    make_survey(tmp_path)
    shared = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database_address(),
        "CACHE_URL": redis.address,
        "ENTRIES_PER_MINUTE": str(LIMIT),
        "PROXY_COUNT": "1",
        "WEB_PROCESSES": "1",
        "LOG_LEVEL": "CRITICAL",
    }
    ports = [str(free_port()) for _ in range(2)]
    servers = [
        start_server({**shared, "PORT": port, "VAR_DIR": str(tmp_path / port)}) for port in ports
    ]
    yield [f"http://127.0.0.1:{port}" for port in ports]
    for server in servers:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def browser_of(site, address):
    browser = OverHttp(site)
    browser.client.headers["X-Forwarded-For"] = address
    return browser


def within_one_minute(do):
    """What `do(number)` answers when the clock's minute does not change meanwhile."""
    for number in range(3):
        minute = time.time() // 60
        answer = do(number)
        if time.time() // 60 == minute:
            return answer
    raise AssertionError("Each of three tries took over a minute's end.")


def come(sites, address, times):
    """The statuses of `count` new clients from one address, to the servers in turn."""
    return [browser_of(sites[n % 2], address).get(PATH).status for n in range(times)]


def finish(site, address):
    """A new visitor takes the whole survey; how many answers were acknowledged."""
    acknowledged = []
    answer_until_it_breaks(browser_of(site, address), acknowledged)
    return len(acknowledged)


def test_two_servers_share_one_limit(sites):
    statuses = within_one_minute(lambda number: come(sites, f"203.0.113.{number}", LIMIT + 2))
    assert statuses == [200] * LIMIT + [429] * 2
    assert come(sites, "198.51.100.1", 1) == [200]


@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGSTOP])
def test_a_redis_that_is_gone_or_hangs_stops_nobody_and_the_limit_holds(way, sites, redis):
    before = browser_of(sites[0], "203.0.113.50")
    assert before.get(PATH).status == 200
    os.kill(redis.process.pid, way)

    acknowledged = []
    answer_until_it_breaks(before, acknowledged)
    assert len(acknowledged) == 4
    assert [finish(site, "203.0.113.51") for site in sites] == [4, 4]
    assert Response.objects.count() == 12
    statuses = within_one_minute(lambda number: come(sites, f"203.0.113.{number}", LIMIT + 1))
    assert statuses == [200] * LIMIT + [429]


def test_a_redis_that_comes_back_counts_again(sites, redis):
    redis.kill()
    assert come(sites, "203.0.113.60", 1) == [200]
    redis.start()
    statuses = within_one_minute(lambda number: come(sites, f"203.0.113.{number}", LIMIT + 1))
    assert statuses == [200] * LIMIT + [429]
