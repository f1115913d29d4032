"""Numbers for Prometheus: right, about nobody, and not for everybody."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as project
from prometheus_client.parser import text_string_to_metric_families

from pv_engine.models import Build


def samples(content):
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(content.decode())
        for sample in family.samples
    }


def people(found, state):
    labels = (("simulated", "false"), ("state", state), ("study", "shapes"))
    return found["foresee_participants", labels]


def test_they_say_where_participants_stand(client, ada, ben, cy):
    found = samples(client.get("/metrics").content)
    assert people(found, "taking_part") == 1  # ben; ada has not agreed yet
    assert people(found, "finished") == 1
    assert people(found, "withdrawn") == people(found, "turned_away") == 0
    assert found["foresee_responses", (("simulated", "false"), ("study", "shapes"))] == 6
    assert found["foresee_arrivals_total", (("study", "shapes"),)] == 3


def test_they_count_builds_and_time_the_oldest_that_waits(client, db, monkeypatch):
    build = Build.objects.create(recipe_name="a")
    later = build.created_at.replace(year=build.created_at.year + 1)
    seconds = (later - build.created_at).total_seconds()
    monkeypatch.setattr("pv_engine.builds.metrics.timezone.now", lambda: later)
    found = samples(client.get("/metrics").content)
    assert found["foresee_builds", (("state", "queued"),)] == 1
    assert found["foresee_builds", (("state", "failed"),)] == 0
    assert found["foresee_queue_lag_seconds", ()] == seconds


def test_they_count_requests_by_route_and_not_by_address(client, survey):
    key = ("foresee_request_seconds_count",
           (("method", "GET"), ("route", "/s/<slug:slug>/"), ("status", "2xx")))  # fmt: skip
    before = samples(client.get("/metrics").content).get(key, 0)
    client.get("/s/shapes/?PROLIFIC_PID=SECRET")
    content = client.get("/metrics").content
    assert samples(content)[key] == before + 1
    assert b"SECRET" not in content


def test_unknown_methods_and_addresses_make_no_new_series(client, db):
    client.generic("BREW", "/coffee/1")
    client.get("/metrics")  # counted from now on, as every page once it was asked for
    before = len(samples(client.get("/metrics").content))
    client.generic("STIR", "/coffee/2")
    assert len(samples(client.get("/metrics").content)) <= before


@pytest.mark.parametrize(
    ("address", "headers"),
    [("203.0.113.9", {}), ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}), ("", {})],
)
def test_without_a_token_only_programs_on_this_machine_read_them(client, db, address, headers):
    assert client.get("/metrics", REMOTE_ADDR=address, headers=headers).status_code == 404


def test_with_a_token_anyone_who_knows_it_reads_them(client, db, settings):
    settings.METRICS_TOKEN = "s3cret"

    def status(given):
        headers = {"Authorization": given} if given else {}
        return client.get("/metrics", REMOTE_ADDR="203.0.113.9", headers=headers).status_code

    assert status("Bearer s3cret") == 200
    assert {status(given) for given in ("Bearer wrong", "s3cret", "", "Bearer é")} == {404}


def test_the_requests_of_all_processes_are_added_up(tmp_path):
    program = (
        "from study.monitoring.metrics import *; from study.monitoring.metrics import _requests\n"
        "observe_request('GET', '/x', 200, 0.1)\n"
        "print(generate_latest(_requests()).decode())"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
    }
    reported = [
        subprocess.run(
            [sys.executable, "-c", program], cwd=project.BASE_DIR, env=environment,
            capture_output=True, check=True,
        ).stdout
        for _ in range(2)
    ]  # fmt: skip
    labels = (("method", "GET"), ("route", "/x"), ("status", "2xx"))
    assert [samples(one)["foresee_request_seconds_count", labels] for one in reported] == [1, 2]
