"""Builds, exports, runs of bots and checks: each kind of run behaves as the others do."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace

import psycopg
import pytest
from celery.exceptions import WorkerLostError
from django.contrib.auth.models import User
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.urls import reverse
from django.utils import timezone
from psycopg.errors import AdminShutdown, QueryCanceled

from pv_engine.builds import segments, services
from pv_engine.errors import EngineError
from pv_engine.models import Build
from study.celery import app
from study.runs import workers
from study.runs.claims import claim_run, keep
from study.runs.messages import resend
from study.runs.models import NO_BROKER, NO_WORKER, WORKER_LOST, Run, kinds
from study.runs.segments import PROCESS_LOST, UNEXPECTED, finish, resume
from surveys.bots import runs
from surveys.bots.policies import uniform
from surveys.bots.walker import run_bots
from surveys.checks import preflight_runs
from surveys.errors import SurveyError
from surveys.jobs import power_runs, work
from surveys.jobs.queue import start_job
from surveys.models import BotRun, Job, PowerRun, PreflightRun
from surveys.studies.blinding import unblind
from surveys.studies.lifecycle.publishing import close_survey
from tests.pv_engine.scripted_engine import ScriptedStep

pytest_plugins = ["tests.pv_engine.builds_cast"]


@dataclass
class Case:
    """One kind of run: how it is asked for, where it is shown, how its work goes wrong."""

    ask: Callable[[], Run]
    address: str
    go_wrong: Callable[[Exception], object]
    known_error: Exception


@pytest.fixture
def build_case(recipe, engine, stimulus_set, tmp_path, monkeypatch):
    monkeypatch.setattr(segments, "load_stimulus_set", lambda folder: stimulus_set)
    last = ScriptedStep(phase="publish", permille=1000, stimulus_folder=tmp_path)
    engine.script = [last]

    def go_wrong(error):
        engine.script = [error, last]

    def ask():
        return services.start_build(recipe)

    return Case(ask, reverse("builds:list"), go_wrong, EngineError("No images."))


def fail_once(monkeypatch, module, name):
    """A function that makes the named one raise an error at its next call, and work after it."""

    def go_wrong(error):
        real = getattr(module, name)

        def failing(*args, **more):
            monkeypatch.setattr(module, name, real)
            raise error

        monkeypatch.setattr(module, name, failing)

    return go_wrong


@pytest.fixture
def job_case(survey, settings, tmp_path, monkeypatch):
    settings.REPORTS_DIR = tmp_path / "reports"
    list(run_bots(survey, 1, 1, uniform))
    close_survey(survey)
    person = User.objects.create_user("ada")
    unblind(survey, person, survey.slug)
    return Case(
        lambda: start_job(survey, "export", person),
        reverse("console:exports", args=[survey.slug]),
        fail_once(monkeypatch, work, "export_study"),
        SurveyError("The study has no items."),
    )


@pytest.fixture
def bots_case(survey, monkeypatch):
    return Case(
        lambda: runs.start_run(survey, 2, 1, "uniform", "rosa"),
        reverse("console:bots", args=[survey.slug]),
        fail_once(monkeypatch, runs, "run_bots"),
        SurveyError("Bots may not come in."),
    )


@pytest.fixture
def checks_case(survey, monkeypatch):
    return Case(
        lambda: preflight_runs.ask(survey),
        reverse("console:preflight", args=[survey.slug]),
        fail_once(monkeypatch, preflight_runs, "find_leaks"),
        SurveyError("A page is missing."),
    )


@pytest.fixture
def power_case(survey, monkeypatch):
    monkeypatch.setattr(power_runs, "SIZES", (4, 6))
    monkeypatch.setattr(power_runs, "SIMULATIONS", 20)
    numbers = {field.name: field.default for field in power_runs.FIELDS}
    return Case(
        lambda: power_runs.ask_power(survey, numbers),
        reverse("console:power", args=[survey.slug]),
        fail_once(monkeypatch, power_runs, "import_string"),
        SurveyError("The sizes are missing."),
    )


@pytest.fixture(params=["build", "job", "bots", "checks", "power"])
def case(request, no_workers):
    return request.getfixturevalue(f"{request.param}_case")


@pytest.fixture
def then(django_capture_on_commit_callbacks):
    """Do something, and everything that it asks workers for."""

    def do(action, *args, **more):
        with django_capture_on_commit_callbacks(execute=True):
            return action(*args, **more)

    return do


@pytest.fixture
def asked(case, then, monkeypatch):
    """A run whose message no worker has taken yet."""
    with monkeypatch.context() as patch:
        for kind in kinds():
            patch.setattr(app.tasks[kind.task], "apply_async", lambda *args, **more: None)
        return then(case.ask)


def lapse(run):
    old = timezone.now() - run.lease - timedelta(seconds=1)
    type(run).objects.filter(pk=run.pk).update(claimed_at=old, sent_at=old)
    run.refresh_from_db()


def start_worker(name):
    workers.resume_interrupted(SimpleNamespace(hostname=name))


def lose_process(run, claim=0):
    task, killed = app.tasks[run.task], WorkerLostError("killed")
    workers.fail_run_of_lost_process(task, exception=killed, args=(run.pk, claim))
    run.refresh_from_db()


def state(run):
    run.refresh_from_db()
    return run.status, run.error


def test_there_are_five_kinds():
    assert set(kinds()) == {Build, Job, BotRun, PowerRun, PreflightRun}


def test_each_kind_names_a_task_that_celery_knows():
    assert all(kind.task in app.tasks for kind in kinds())


def test_a_run_is_asked_for_and_finished_by_a_worker(case, then):
    run = then(case.ask)
    assert state(run) == ("finished", "")
    assert (run.permille, run.claimed_at, run.notice) == (1000, None, "")
    assert run.claim == 1
    assert run.finished_at is not None


def test_without_a_broker_it_waits_says_so_and_is_sent_when_the_broker_answers(
    case, then, no_broker, researcher
):
    with no_broker():
        run = then(case.ask)
        assert state(run) == ("queued", "")
        assert NO_BROKER in researcher.get(case.address).content.decode()
        start_worker("worker@one")
    assert state(run) == ("queued", "")
    then(start_worker, "worker@one")
    assert state(run) == ("finished", "")
    assert NO_BROKER not in researcher.get(case.address).content.decode()


def test_a_message_that_the_broker_forgot_is_sent_again(asked, then):
    assert state(asked) == ("queued", "")
    then(resend, type(asked), asked.lease)
    assert state(asked) == ("queued", "")
    then(start_worker, "worker@one")
    assert state(asked) == ("finished", "")


def test_a_message_without_effect_is_sent_again_by_any_worker_that_looks(
    case, asked, then, researcher
):
    old = timezone.now() - asked.lease - timedelta(seconds=1)
    type(asked).objects.update(sent_at=old)
    assert NO_WORKER in researcher.get(case.address).content.decode()
    then(resend, type(asked), asked.lease)
    assert state(asked) == ("finished", "")


def test_a_message_that_comes_twice_or_late_does_nothing(asked, then):
    held = claim_run(type(asked), asked.pk, 0, "worker@one")
    then(app.tasks[asked.task], asked.pk, 0)
    asked.refresh_from_db()
    assert (asked.claim, asked.claimed_at) == (1, held.claimed_at)
    assert finish(held)
    then(app.tasks[asked.task], asked.pk, 1)
    asked.refresh_from_db()
    assert (asked.status, asked.claim) == ("finished", 1)


def test_what_a_killed_worker_held_is_taken_over_and_its_late_writes_count_for_nothing(
    case, asked, then, researcher
):
    lost = claim_run(type(asked), asked.pk, 0, "worker@lost")
    then(resend, type(asked), asked.lease)
    assert state(asked) == ("running", "")
    lapse(asked)
    assert WORKER_LOST in researcher.get(case.address).content.decode()
    then(resend, type(asked), asked.lease)
    assert state(asked) == ("finished", "")
    assert not keep(lost, permille=3)
    assert not finish(lost)
    asked.refresh_from_db()
    assert (asked.permille, asked.claim) == (1000, 2)


def test_a_worker_that_starts_again_resumes_at_once_what_it_held(asked, then):
    claim_run(type(asked), asked.pk, 0, "worker@one")
    then(start_worker, "worker@two")
    assert state(asked) == ("running", "")
    then(start_worker, "worker@one")
    assert state(asked) == ("finished", "")


def test_a_worker_that_finds_its_broker_again_keeps_what_it_holds(asked, then):
    start_worker("worker@one")
    held = claim_run(type(asked), asked.pk, 0, "worker@one")
    then(start_worker, "worker@one")
    asked.refresh_from_db()
    assert (asked.status, asked.claimed_at) == ("running", held.claimed_at)


def test_a_killed_process_fails_its_run_which_can_be_resumed(case, asked, then, researcher):
    claim_run(type(asked), asked.pk, 0, "worker@one")
    lose_process(asked)
    assert state(asked) == ("failed", PROCESS_LOST.format(advice=asked.advice))
    assert asked.claimed_at is None
    assert "process was killed" in researcher.get(case.address).content.decode()
    assert then(resume, asked)
    assert state(asked) == ("finished", "")


def test_a_process_killed_by_stopping_its_worker_fails_nothing(asked, monkeypatch):
    claim_run(type(asked), asked.pk, 0, "worker@one")
    monkeypatch.setattr("celery.worker.state.should_stop", 0)
    lose_process(asked)
    assert state(asked) == ("running", "")


LOSSES = [AdminShutdown("terminating connection"), psycopg.OperationalError("server closed")]


def caused_by(cause):
    """The error as Django passes it on."""
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("error", [*map(caused_by, LOSSES), InterfaceError("connection closed")])
def test_a_lost_database_costs_the_segment_under_way_and_no_more(case, then, error, caplog):
    case.go_wrong(error)
    run = then(case.ask)
    assert state(run) == ("running", "")
    assert "the database was lost" in caplog.text
    lapse(run)
    then(resend, type(run), run.lease)
    assert state(run) == ("finished", "")


@pytest.mark.parametrize("cause", [QueryCanceled("timeout"), sqlite3.OperationalError("locked")])
def test_a_statement_that_the_database_refuses_fails_the_run(case, then, cause):
    case.go_wrong(caused_by(cause))
    run = then(case.ask)
    assert state(run) == ("failed", UNEXPECTED.format(advice=run.advice))


def test_a_worker_that_starts_while_the_database_is_away_goes_on_looking(no_workers, monkeypatch):
    def refuse(*args):
        raise DatabaseError("no connection")

    looking = []
    monkeypatch.setattr(workers, "_resend_lost", lambda: looking.append(True))
    monkeypatch.setattr(workers, "release_all", refuse)
    start_worker("worker@one")
    assert looking == [True]


def test_a_known_error_is_shown_as_written(case, then, researcher):
    case.go_wrong(case.known_error)
    run = then(case.ask)
    assert state(run) == ("failed", str(case.known_error))
    assert str(case.known_error) in researcher.get(case.address).content.decode()


def test_an_unknown_error_is_logged_and_softened(case, then, caplog):
    case.go_wrong(ZeroDivisionError("a secret"))
    run = then(case.ask)
    assert state(run) == ("failed", UNEXPECTED.format(advice=run.advice))
    assert "a secret" in caplog.text


def test_a_run_that_is_over_is_never_sent_again(case, asked, then):
    type(asked).objects.update(status="cancelled", sent_at=None)
    then(start_worker, "worker@one")
    assert (asked.claim, state(asked)) == (0, ("cancelled", ""))


@pytest.mark.parametrize("status", ["running", "finished"])
def test_a_run_that_is_under_way_or_finished_is_not_resumed(asked, status):
    type(asked).objects.update(status=status, claimed_at=timezone.now())
    assert not resume(asked)


@pytest.mark.django_db(transaction=True)
def test_a_look_for_lost_messages_closes_its_connection(monkeypatch):
    """It is the thread of a worker that lives for weeks."""
    turns = iter([False, True])
    monkeypatch.setattr(workers, "_stopped", SimpleNamespace(wait=lambda seconds: next(turns)))
    workers._resend_lost()
    assert connection.connection is None
