"""The tasks call the services, and so do the signals of the worker."""

from types import SimpleNamespace

import pytest
from celery.exceptions import WorkerLostError
from celery.worker import state
from django.test import TestCase

from pv_engine import tasks
from pv_engine.builds import segments, services
from pv_engine.models import Build
from study.runs.claims import claim_run
from study.runs.workers import fail_run_of_lost_process, resume_interrupted
from tests.pv_engine.scripted_engine import ScriptedStep

pytest_plugins = ["tests.pv_engine.builds_cast"]


@pytest.fixture(autouse=True)
def no_worker_has_started(no_workers):
    """Each test is the first start of its worker."""


@pytest.fixture
def finished_folder(monkeypatch, stimulus_set, tmp_path):
    monkeypatch.setattr(segments, "load_stimulus_set", lambda folder: stimulus_set)
    return tmp_path


def test_a_build_goes_from_its_first_message_to_its_stimulus_set(
    db, recipe, engine, finished_folder, django_capture_on_commit_callbacks
):
    engine.script = [
        ScriptedStep(phase="classifier", permille=300),
        ScriptedStep(phase="decoder", permille=600),
        ScriptedStep(phase="publish", permille=1000, stimulus_folder=finished_folder),
    ]
    with django_capture_on_commit_callbacks(execute=True):
        build = services.start_build(recipe)
    build.refresh_from_db()

    assert build.status == Build.Status.FINISHED
    assert build.claim == 3
    assert engine.script == []


def test_the_real_engine_makes_a_set_segment_by_segment(
    db, tiny_recipe, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.BUILDS_DIR = tmp_path / "builds"
    settings.BUILD_SEGMENT_SECONDS = 3.0
    with django_capture_on_commit_callbacks(execute=True):
        build = services.start_build(tiny_recipe())
    build.refresh_from_db()

    assert build.error == ""
    assert build.status == Build.Status.FINISHED
    assert (build.phase, build.permille) == ("publish", 1000)
    assert build.claim > 3
    assert build.device
    assert build.stimulus_set.items.filter(is_example=False).count() == 5


def test_a_message_that_finds_its_build_claimed_runs_nothing(build, engine, sent):
    claim_run(Build, build.pk, 0, "worker@other")
    with TestCase.captureOnCommitCallbacks(execute=True):
        tasks.advance_build(build.pk, 0)

    assert engine.seconds == []
    assert sent == []


def test_a_message_for_a_build_that_is_gone_does_nothing(db, engine, sent):
    tasks.advance_build(12345, 0)
    assert sent == []


def test_a_worker_that_is_ready_takes_up_unfinished_builds(build, sent):
    with TestCase.captureOnCommitCallbacks(execute=True):
        resume_interrupted(sender=SimpleNamespace(hostname="worker@one"))
    assert sent == [(build.pk, 0, 0)]


def test_a_worker_that_finds_its_broker_again_keeps_what_it_holds(build, sent):
    resume_interrupted(sender=SimpleNamespace(hostname="worker@one"))
    held = claim_run(Build, build.pk, 0, "worker@one")
    resume_interrupted(sender=SimpleNamespace(hostname="worker@one"))
    build.refresh_from_db()
    assert build.claimed_at == held.claimed_at


def lose_process(build):
    fail_run_of_lost_process(
        sender=tasks.advance_build, exception=WorkerLostError("killed"), args=(build.pk, 0)
    )
    build.refresh_from_db()


def test_a_build_whose_process_was_killed_is_marked_as_failed(build):
    claim_run(Build, build.pk, 0, "worker@one")
    lose_process(build)
    assert build.status == Build.Status.FAILED


def test_a_build_whose_whole_worker_is_stopped_waits_for_the_next_start(build, monkeypatch):
    claim_run(Build, build.pk, 0, "worker@one")
    monkeypatch.setattr(state, "should_stop", 0)
    lose_process(build)
    assert build.status == Build.Status.RUNNING


def test_the_engine_has_its_own_queue():
    route = tasks.advance_build.app.amqp.router.route({}, tasks.advance_build.name)
    assert route["queue"].name == "gpu"
