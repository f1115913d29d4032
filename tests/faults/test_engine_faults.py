"""What goes wrong inside a build: it ends, or says why, and leaves nothing half-written."""

import contextlib
import errno
import os
import subprocess
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.test import TestCase
from django.utils import timezone

from pv_engine.builds import segments, services, sharing
from pv_engine.models import Build, BuildChunk
from study.runs.claims import claim_run
from study.runs.messages import send
from study.runs.segments import DISK_FULL, work_on
from tests.services.processes import new_build

pytestmark = [pytest.mark.faults, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def short_segments(settings):
    settings.BUILD_SEGMENT_SECONDS = 2.0


def run_to_its_end(build):
    """Every message is carried out at once, one after the other."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        send(build)
    build.refresh_from_db()


def halt_in(monkeypatch, phase):
    """Cancel the build at its first segment of a phase, so that a test can get at its folder."""
    run = segments.run_segment

    def until(build):
        if build.phase == phase:
            Build.objects.filter(pk=build.pk).update(status=Build.Status.CANCELLED, claimed_at=None)
        else:
            return run(build)

    monkeypatch.setattr(segments, "run_segment", until)
    return lambda: monkeypatch.setattr(segments, "run_segment", run)


def resume(build):
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert services.resume_build(build.pk)
    build.refresh_from_db()


def disk_full(settings):
    return DISK_FULL.format(folder=settings.BUILDS_DIR, advice=Build.advice)


def partial_files(folder):
    return list(folder.rglob("*.partial"))


def test_a_full_disk_while_rendering_is_said_and_resumed_when_there_is_room(
    many, undisturbed, monkeypatch, settings
):
    build, sync = new_build(many), os.fsync

    def full(number):
        if "render" in str(Path(f"/proc/self/fd/{number}").readlink()):
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(number)

    monkeypatch.setattr(os, "fsync", full)
    run_to_its_end(build)
    assert build.status == Build.Status.FAILED
    assert build.error == disk_full(settings)
    assert partial_files(settings.BUILDS_DIR) == []

    monkeypatch.setattr(os, "fsync", sync)
    resume(build)
    assert build.error == ""
    assert build.stimulus_set.content_sha256.startswith(undisturbed)


@pytest.fixture
def small_disk(tmp_path, settings):
    """A file system of its own for the builds, of 32 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["/bin/mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("Only root may mount a small disk.")
    settings.BUILDS_DIR = folder / "builds"
    yield folder
    subprocess.run(["/bin/umount", str(folder)], check=True)


def fill(disk):
    """Write until nothing more fits; the file to remove."""
    filler = disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    return filler


def test_a_disk_without_any_room_is_said_and_the_build_resumed_when_there_is(
    small_disk, many, undisturbed, monkeypatch, settings
):
    build = new_build(many)
    go_on = halt_in(monkeypatch, "render")
    run_to_its_end(build)
    assert build.status == Build.Status.CANCELLED
    go_on()
    filler = fill(small_disk)
    resume(build)
    assert build.status == Build.Status.FAILED
    assert build.error == disk_full(settings)
    assert partial_files(settings.BUILDS_DIR) == []

    filler.unlink()
    resume(build)
    assert build.error == ""
    assert build.stimulus_set.content_sha256.startswith(undisturbed)


def test_a_poison_image_ends_the_build_by_name(many, tmp_path, settings):
    from tests.services.conftest import many_items

    recipe = many_items(tmp_path)
    poison = tmp_path / "photos" / "train" / "red" / "05.png"
    # A small file that claims to be 60,000 pixels wide and high.
    content = bytearray(poison.read_bytes())
    content[16:24] = (60_000).to_bytes(4, "big") * 2
    poison.write_bytes(content)
    build = new_build(recipe)
    run_to_its_end(build)

    assert build.status == Build.Status.FAILED
    assert "red/05.png" in build.error
    assert not (settings.BUILDS_DIR / "stimuli").exists()


def test_a_truncated_checkpoint_is_passed_over_and_the_set_is_the_same(
    many, undisturbed, monkeypatch, settings, caplog
):
    build = new_build(many)
    settings.BUILD_SEGMENT_SECONDS = 0.0
    go_on = halt_in(monkeypatch, "decoder")
    run_to_its_end(build)
    assert build.status == Build.Status.CANCELLED
    checkpoints = sorted((settings.BUILDS_DIR / str(build.pk) / "decoder").glob("step-*.pt"))
    assert checkpoints
    newest = checkpoints[-1]
    newest.write_bytes(newest.read_bytes()[: newest.stat().st_size // 2])

    go_on()
    settings.BUILD_SEGMENT_SECONDS = 2.0
    resume(build)
    assert build.error == ""
    assert "is skipped; training continues" in caplog.text
    assert build.stimulus_set.content_sha256.startswith(undisturbed)


@pytest.mark.parametrize("jump", [timedelta(days=3), timedelta(days=-3)])
def test_a_clock_that_jumps_while_a_segment_runs_changes_no_result(
    jump, many, undisturbed, monkeypatch
):
    """Forwards, another worker takes the segment over; backwards, the claim looks new for days."""
    build, now, jumped = new_build(many), timezone.now, []
    run = segments.run_segment

    def jumping(held):
        if held.phase == "decoder" and not jumped:
            jumped.append(held.claim)
            monkeypatch.setattr(timezone, "now", lambda: now() + jump)
            # The message came twice; what it may do is decided by the wrong clock.
            other = claim_run(Build, held.pk, held.claim - 1, "worker@other")
            assert (other is not None) == (jump > timedelta(0))
            if other:
                work_on(other, run)
        return run(held)

    monkeypatch.setattr(segments, "run_segment", jumping)
    run_to_its_end(build)
    assert jumped
    assert build.status == Build.Status.FINISHED, build.error
    assert build.stimulus_set.content_sha256.startswith(undisturbed)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["build", "chunk"])
def test_of_many_workers_that_claim_one_job_at_once_one_gets_it(what, many):
    build = new_build(many)
    if what == "chunk":
        BuildChunk.objects.create(build=build, number=0)
    barrier = Barrier(8)
    won: list[object] = []

    def claim(name):
        barrier.wait()
        try:
            if what == "build":
                won.append(claim_run(Build, build.pk, 0, name))
            else:
                won.append(sharing.claim_chunk(build.pk, name))
        finally:
            connections.close_all()

    threads = [Thread(target=claim, args=[f"worker@{number}"]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 8
    assert len([each for each in won if each is not None]) == 1
