"""Exports, runs of bots and checks whose worker, process or broker is lost; builds with them."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.core.files.storage import storages
from django.db import connection
from django.utils import timezone
from kombu import Connection

from pv_engine.builds import services
from study.runs.models import NO_BROKER
from surveys.bots.policies import uniform
from surveys.bots.runs import start_run
from surveys.bots.walker import run_bots
from surveys.checks.preflight_runs import ask
from surveys.jobs.queue import start_job
from surveys.studies.blinding import unblind
from surveys.studies.lifecycle.publishing import close_survey
from tests.factories import make_survey
from tests.faults.servers import RabbitMq, Redis
from tests.services.brokers import redis_database
from tests.services.processes import wait_until, workers_on

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


def make_large_survey(folder, slug):
    return make_survey(folder, slug, n_wrong=30, n_right=30)


def ask_for_report(folder):
    survey = make_large_survey(folder, "report")
    list(run_bots(survey, 2, 1, uniform))
    close_survey(survey)
    person = User.objects.create_user("ada")
    unblind(survey, person, survey.slug)
    return start_job(survey, "report", person)


def ask_for_bots(folder):
    return start_run(make_large_survey(folder, "bots"), 12, 1, "uniform", "ada")


def ask_for_checks(folder):
    return ask(make_large_survey(folder, "checks"))


ASK = {"report": ask_for_report, "bots": ask_for_bots, "checks": ask_for_checks}


@pytest.fixture(params=list(ASK))
def run(request, tmp_path, no_broker):
    """A run of each kind whose message the broker did not take."""
    with no_broker():
        return ASK[request.param](tmp_path)


def prepare(workers):
    """Let workers find the test's images and static files in their folder."""
    var = workers.folder / "var"
    var.mkdir()
    stimuli: Any = storages["stimuli"]
    (var / "stimuli").symlink_to(stimuli.location)
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(
        collect, cwd=django_settings.BASE_DIR, env=workers.environment(), check=True, timeout=120
    )


@pytest.fixture
def workers(tmp_path):
    with redis_database() as broker, workers_on(tmp_path, broker) as workers:
        prepare(workers)
        yield workers


def send(app, workers, run):
    with Connection(workers.broker) as there:
        app.send_task(run.task, (run.pk, run.claim), connection=there, queue="default")


def is_claimed(run):
    run.refresh_from_db()
    assert not run.is_finished, "It was finished before it could be disturbed."
    return run.claimed_at is not None


def wait_for_the_end(run, workers, status="finished"):
    def is_over():
        run.refresh_from_db()
        return not run.is_active

    logs = [workers.log(path.stem) for path in workers.folder.glob("*.log")]
    wait_until(is_over, what=f"It is still {run}. {''.join(logs)[-3000:]}")
    assert run.status == status, run.error


def test_a_killed_worker_resumes_its_run_when_it_starts_again(run, workers, celery_app):
    workers.start("one")
    send(celery_app, workers, run)
    wait_until(lambda: is_claimed(run))
    workers.kill("one")
    run.refresh_from_db()
    assert run.claimed_at is not None
    workers.start("one")
    wait_for_the_end(run, workers)
    assert run.claim >= 2


def test_a_killed_process_fails_its_run_with_a_sentence(run, workers, celery_app):
    workers.start("one")
    parent = workers.processes["one"].pid
    (child,) = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    send(celery_app, workers, run)
    wait_until(lambda: is_claimed(run))
    os.kill(int(child), signal.SIGKILL)
    wait_for_the_end(run, workers, status="failed")
    assert "process was killed" in run.error
    assert run.error.endswith(run.advice)
    assert run.claimed_at is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no connections to cut.")
def test_a_worker_whose_database_connections_are_cut_does_its_segment_again(
    run, workers, celery_app
):
    """As a restart of PostgreSQL cuts them; the lease is not waited for but set back."""
    workers.start("one")
    send(celery_app, workers, run)
    wait_until(lambda: is_claimed(run))
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    wait_until(lambda: "the database was lost" in workers.log("one"))
    run.refresh_from_db()
    assert (run.status, run.error) == ("running", "")
    old = timezone.now() - 2 * run.lease
    type(run).objects.update(claimed_at=old, sent_at=old)
    wait_for_the_end(run, workers)


@pytest.mark.parametrize("kind", [Redis, RabbitMq])
def test_what_is_asked_for_without_a_broker_is_done_when_it_answers(
    kind, many, no_broker, celery_app, tmp_path
):
    (tmp_path / "broker").mkdir()
    server = kind(tmp_path / "broker")
    server.start()
    try:
        with workers_on(tmp_path, server.address, BUILD_SEGMENT_SECONDS="10") as workers:
            prepare(workers)
            workers.start("one")
            server.kill()
            with no_broker():
                runs = [*(ask(tmp_path) for ask in ASK.values()), services.start_build(many)]
            for run in runs:
                run.refresh_from_db()
                assert (run.status, run.notice) == ("queued", NO_BROKER)
            server.start()
            for run in runs:
                wait_for_the_end(run, workers)
                assert run.notice == ""
    finally:
        server.kill()
