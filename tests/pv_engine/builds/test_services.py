"""Builds: who may work on one, what is stored, how one ends, and what a loss costs."""

import errno
import importlib
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import TestCase
from django.utils import timezone
from kombu.exceptions import OperationalError

from pv_engine import tasks
from pv_engine.builds import opening, segments, services
from pv_engine.builds.training_records import loss_curves
from pv_engine.errors import RecipeError, SelectionError
from pv_engine.models import LEASE, Build
from pv_engine.recipe.resources import Resources
from study.runs.claims import claim_run
from study.runs.messages import resend, send
from study.runs.models import NO_BROKER
from study.runs.segments import UNEXPECTED, fail_lost_process, work_on
from study.runs.workers import resume_interrupted
from tests.pv_engine.scripted_engine import ScriptedEngine, ScriptedStep

pytest_plugins = ["tests.pv_engine.builds_cast"]

ON_COMMIT = TestCase.captureOnCommitCallbacks


def claimed(build, worker="worker@one", claim=None):
    return claim_run(Build, build.pk, build.claim if claim is None else claim, worker)


def run(build):
    with ON_COMMIT(execute=True):
        work_on(build, segments.run_segment)
    build.refresh_from_db()


def lapse(build):
    old = timezone.now() - LEASE - timedelta(seconds=1)
    Build.objects.filter(pk=build.pk).update(claimed_at=old)


def test_starting_a_build_stores_the_recipe_and_sends_its_first_message(db, recipe, sent):
    with ON_COMMIT(execute=True):
        build = services.start_build(recipe)

    assert sent == [(build.pk, 0, 0)]
    assert build.status == Build.Status.QUEUED
    assert build.recipe_toml == recipe.text


def test_nothing_is_sent_before_the_build_is_committed(db, recipe, sent):
    with ON_COMMIT(execute=False):
        services.start_build(recipe)
    assert sent == []


def test_a_recipe_whose_name_does_not_fit_is_refused_before_anything_is_stored(db, recipe):
    with pytest.raises(RecipeError, match="at most 100 characters"):
        services.start_build(replace(recipe, name="x" * 101))
    assert not Build.objects.exists()


def test_a_message_claims_its_build_once(build):
    first = claimed(build)
    second = claimed(build, worker="worker@two")

    assert first is not None
    assert first.status == Build.Status.RUNNING
    assert first.worker == "worker@one"
    assert second is None


def test_a_message_that_comes_again_after_its_segment_does_nothing(build, engine, sent):
    engine.script = [ScriptedStep()]
    run(claimed(build))
    assert claimed(build, claim=0) is None


def test_a_claim_that_lapsed_can_be_taken_over_by_the_same_message(build):
    claimed(build)
    lapse(build)
    taken_over = claimed(build, worker="worker@two", claim=0)

    assert taken_over.claim == 2
    assert taken_over.worker == "worker@two"


def test_a_worker_that_lost_its_claim_writes_nothing_and_sends_nothing(build, engine, sent):
    slow = claimed(build)
    lapse(build)
    claimed(build, worker="worker@two", claim=0)
    engine.script = [ScriptedStep(permille=999, curve=({"step": 5.0, "total": 0.25},))]
    run(slow)

    assert slow.permille == 0
    assert loss_curves(build) == {}
    assert slow.claimed_at is not None
    assert sent == []


def test_a_segment_stores_progress_and_sends_the_next_message(build, engine, sent, settings):
    engine.script = [
        ScriptedStep(phase="decoder", done=3, total=9, permille=440, message="Step 300")
    ]
    held = claimed(build)
    run(held)

    assert (held.phase, held.phase_done, held.phase_total) == ("decoder", 3, 9)
    assert (held.permille, held.message, held.device) == (440, "Step 300", "CPU")
    assert held.claimed_at is None
    assert sent == [(build.pk, 1, 0)]
    assert engine.seconds == [settings.BUILD_SEGMENT_SECONDS]


def test_a_training_stores_its_speed_and_its_curve(build, engine, sent):
    row = {"step": 5.0, "total": 0.25}
    engine.script = [ScriptedStep(images_per_second=41.5, seconds_left=75.4, curve=(row,))]
    held = claimed(build)
    run(held)

    assert (held.images_per_second, held.seconds_left) == (41.5, 75)
    assert loss_curves(build) == {"decoder": [row]}


def test_a_phase_that_trains_nothing_has_no_speed(build, engine, sent):
    Build.objects.filter(pk=build.pk).update(images_per_second=41.5, seconds_left=75)
    engine.script = [ScriptedStep(phase="select")]
    held = claimed(build)
    run(held)
    assert (held.images_per_second, held.seconds_left) == (None, None)


def test_the_next_segment_in_the_same_process_goes_on_in_memory(build, engine, sent, monkeypatch):
    opened = []
    monkeypatch.setattr(opening, "open_build", lambda build: opened.append(build) or engine)
    engine.script = [ScriptedStep(), ScriptedStep(), ScriptedStep()]
    for _ in range(2):
        run(claimed(Build.objects.get(pk=build.pk)))
    assert len(opened) == 1
    # Another process had the segment in between.
    Build.objects.filter(pk=build.pk).update(claim=3)
    run(claimed(Build.objects.get(pk=build.pk)))
    assert len(opened) == 2


def test_a_build_that_failed_is_opened_again(build, engine, sent, monkeypatch):
    opened = []
    monkeypatch.setattr(opening, "open_build", lambda build: opened.append(build) or engine)
    engine.script = [ScriptedStep(), SelectionError("Too few."), ScriptedStep()]
    run(claimed(Build.objects.get(pk=build.pk)))
    run(claimed(Build.objects.get(pk=build.pk)))
    services.resume_build(build.pk)
    run(claimed(Build.objects.get(pk=build.pk)))
    assert len(opened) == 2


def test_the_last_segment_links_the_stimulus_set(
    build, engine, sent, stimulus_set, tmp_path, monkeypatch
):
    loaded = []
    monkeypatch.setattr(
        segments, "load_stimulus_set", lambda folder: loaded.append(folder) or stimulus_set
    )
    engine.script = [ScriptedStep(phase="publish", permille=1000, stimulus_folder=tmp_path)]
    held = claimed(build)
    run(held)

    assert loaded == [tmp_path]
    assert held.status == Build.Status.FINISHED
    assert held.stimulus_set == stimulus_set
    assert held.finished_at is not None
    assert sent == []


def test_an_error_of_the_engine_is_shown_as_written(build, engine, sent):
    engine.script = [SelectionError("Only 3 images are model_wrong, but 16 are asked for.")]
    held = claimed(build)
    run(held)

    assert held.status == Build.Status.FAILED
    assert held.error == "Only 3 images are model_wrong, but 16 are asked for."
    assert sent == []


def test_an_unknown_error_is_logged_and_softened(build, engine, sent, caplog):
    engine.script = [ZeroDivisionError("float division by zero")]
    held = claimed(build)
    run(held)

    assert held.status == Build.Status.FAILED
    assert held.error == UNEXPECTED.format(advice=Build.advice)
    assert "float division by zero" in caplog.text


def test_a_recipe_that_became_unreadable_fails_the_build_with_its_sentence(build, sent):
    Build.objects.filter(pk=build.pk).update(recipe_toml="[data]\nkind = 'clouds'")
    held = claimed(build)
    run(held)

    assert held.status == Build.Status.FAILED
    assert "clouds" in held.error


def test_a_build_that_is_cancelled_in_mid_segment_stops_after_it(build, engine, sent):
    held = claimed(build)

    def cancelled_meanwhile():
        assert services.cancel_build(build.pk)
        return ScriptedStep(permille=600)

    engine.script = [cancelled_meanwhile]
    run(held)

    assert held.status == Build.Status.CANCELLED
    assert held.claimed_at is None
    assert sent == []


def test_a_cancelled_build_is_not_claimed(build):
    services.cancel_build(build.pk)
    assert claimed(build) is None


def test_a_finished_build_is_neither_cancelled_nor_resumed(build):
    Build.objects.filter(pk=build.pk).update(status=Build.Status.FINISHED)
    assert not services.cancel_build(build.pk)
    assert not services.resume_build(build.pk)


def test_a_failed_build_resumes_with_its_next_segment(build, engine, sent):
    engine.script = [SelectionError("Too few.")]
    run(claimed(build))
    with ON_COMMIT(execute=True):
        assert services.resume_build(build.pk)
    build.refresh_from_db()

    assert build.status == Build.Status.QUEUED
    assert build.error == ""
    assert sent == [(build.pk, 1, 0)]
    assert claimed(build) is not None


def test_a_build_resumed_while_its_old_segment_runs_is_continued_by_that_worker(
    build, engine, sent
):
    held = claimed(build)

    def cancelled_and_resumed_meanwhile():
        services.cancel_build(build.pk)
        services.resume_build(build.pk)
        return ScriptedStep()

    engine.script = [cancelled_and_resumed_meanwhile]
    run(held)

    # The message of resuming, which came while the worker was at it, and that worker's own.
    assert sent == [(build.pk, 1, 0)] * 2
    assert claimed(build, claim=0) is None
    assert claimed(build, claim=1).status == Build.Status.RUNNING


def start_worker(name):
    with ON_COMMIT(execute=True):
        resume_interrupted(SimpleNamespace(hostname=name))


def test_a_worker_that_starts_takes_up_what_it_held_when_it_was_stopped(build, sent, no_workers):
    claimed(build, worker="worker@one")
    start_worker("worker@one")

    assert sent == [(build.pk, 1, 0)]
    assert claimed(build, claim=1).worker == "worker@one"


def test_a_worker_that_starts_leaves_alone_what_another_one_holds(build, sent, no_workers):
    claimed(build, worker="worker@two")
    start_worker("worker@one")
    assert sent == []
    assert claimed(build, claim=0) is None


def test_a_worker_that_starts_sends_again_what_a_lost_broker_forgot(build, sent, no_workers):
    start_worker("worker@one")
    assert sent == [(build.pk, 0, 0)]


def test_a_lost_process_fails_its_build_and_says_what_to_do(build):
    claimed(build)
    fail_lost_process(Build, build.pk, 0)
    build.refresh_from_db()

    assert build.status == Build.Status.FAILED
    assert "memory" in build.error
    assert build.claimed_at is None


def test_the_engine_gets_the_stored_recipe_and_the_folder_of_its_build(
    build, settings, monkeypatch, tmp_path
):
    pipeline = importlib.import_module("pv_engine.pipeline.stimulus_build")
    opened = []
    monkeypatch.setattr(pipeline, "StimulusBuild", lambda *args: opened.append(args))
    settings.BUILDS_DIR = tmp_path
    settings.FEATURE_CACHE_MIB, settings.COMPILE_NETWORKS = 512, True
    opening.open_build(build)

    ((recipe, work, out, resources),) = opened
    assert recipe.name == "tiny"
    assert resources == Resources(512, compile_networks=True, foresee=settings.VERSION)
    assert work == tmp_path / str(build.pk)
    assert out == tmp_path / "stimuli"


def test_scripted_engine_has_the_progress_that_the_real_one_has():
    pipeline = importlib.import_module("pv_engine.pipeline.stimulus_build")
    assert set(ScriptedStep.__dataclass_fields__) == set(pipeline.Progress.__dataclass_fields__)
    assert callable(ScriptedEngine.advance)
    assert callable(pipeline.StimulusBuild.advance)


def test_a_broker_that_takes_no_message_does_not_undo_what_was_asked(
    db, recipe, monkeypatch, caplog
):
    def refuse(args, kwargs, countdown=None):
        raise OperationalError("connection refused")

    monkeypatch.setattr(tasks.advance_build, "apply_async", refuse)
    with ON_COMMIT(execute=True):
        build = services.start_build(recipe)
    build.refresh_from_db()
    assert (build.status, build.notice) == (Build.Status.QUEUED, NO_BROKER)
    assert "took no message" in caplog.text


def test_a_message_without_effect_is_sent_again_when_it_is_old(build, sent):
    with ON_COMMIT(execute=True):
        send(build)
        assert resend(Build, timedelta(minutes=10)) == 0
        assert resend(Build, timedelta(0)) == 1
    assert sent == [(build.pk, 0, 0)] * 2


def test_the_message_of_a_lapsed_claim_is_sent_again_so_that_another_takes_over(build, sent):
    claimed(build)
    lapse(build)
    with ON_COMMIT(execute=True):
        resend(Build, timedelta(0))
    assert sent == [(build.pk, 0, 0)]
    assert claimed(build, worker="worker@two", claim=0) is not None


def test_a_full_disk_is_said(build, engine, sent):
    engine.script = [OSError(errno.ENOSPC, "No space left on device")]
    held = claimed(build)
    run(held)
    assert "is full; free some space" in held.error
