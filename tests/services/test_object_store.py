"""Machines that share a bucket instead of folders, against a real local server that speaks S3."""

import hashlib
import shutil
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from pv_engine.builds import log, opening, services, shared_folder
from pv_engine.builds.training_records import build_folder
from pv_engine.models import LEASE, Build, BuildFile
from study.configuration.object_store import object_store
from study.runs.claims import claim_run
from tests.services.object_store import S3Server

pytest_plugins = ["tests.pv_engine.builds_cast"]


@pytest.fixture(scope="module")
def server():
    running = S3Server()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def bucket(server, monkeypatch, settings, tmp_path):
    """Settings as S3_BUCKET and its companions make them, and an empty bucket."""
    # A lost bucket is noticed at once.
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    for name, value in server.settings("foresee-test").items():
        monkeypatch.setenv(name, value)
    settings.STORAGES = {**settings.STORAGES, **object_store()}
    settings.BUILDS_DIR = tmp_path / "machine-one"
    store: Any = storages["builds"]
    made = store.connection.create_bucket(Bucket="foresee-test")
    yield made
    made.objects.all().delete()
    made.delete()


def write(build, name, content):
    path = build_folder(build) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def on_another_machine(settings, name="machine-two"):
    settings.BUILDS_DIR = settings.BUILDS_DIR.with_name(name)


def names(build):
    return list(build.files.values_list("path", flat=True))


def test_without_a_bucket_nothing_is_stored_anywhere_else(build, settings, tmp_path):
    settings.BUILDS_DIR = tmp_path
    write(build, "decoder/step-00000001.pt", b"one")
    shared_folder.push(build)
    shared_folder.fetch(build)
    assert names(build) == []


def test_another_machine_finds_the_folder_as_it_was_left(build, bucket, settings):
    write(build, "decoder/step-00000001.pt", b"one")
    write(build, "data/names.json", b"{}")
    shared_folder.push(build)
    on_another_machine(settings)
    shared_folder.fetch(build)

    folder = build_folder(build)
    assert (folder / "decoder/step-00000001.pt").read_bytes() == b"one"
    assert (folder / "data/names.json").read_bytes() == b"{}"


def test_a_changed_file_replaces_the_old_one_and_its_object(build, bucket, settings):
    write(build, "decoder/best.safetensors", b"first")
    shared_folder.push(build)
    write(build, "decoder/best.safetensors", b"second, better")
    shared_folder.push(build)

    wanted = hashlib.sha256(b"second, better").hexdigest()
    assert [each.key for each in bucket.objects.all()] == [f"builds/{build.pk}/{wanted}"]


def test_an_old_checkpoint_is_forgotten_everywhere(build, bucket, settings):
    old = write(build, "decoder/step-00000001.pt", b"one")
    shared_folder.push(build)
    on_another_machine(settings)
    shared_folder.fetch(build)
    on_another_machine(settings, "machine-one")
    old.unlink()
    write(build, "decoder/step-00000002.pt", b"two")
    shared_folder.push(build)
    on_another_machine(settings)
    shared_folder.fetch(build)

    found = sorted(path.name for path in build_folder(build).glob("decoder/*"))
    assert found == ["step-00000002.pt"]
    assert len(list(bucket.objects.all())) == 1


def test_a_worker_that_lost_its_claim_changes_nothing_in_the_store(build, bucket, settings):
    slow = claim_run(Build, build.pk, 0, "worker@slow")
    old = timezone.now() - LEASE - timedelta(seconds=1)
    Build.objects.filter(pk=build.pk).update(claimed_at=old)
    claim_run(Build, build.pk, 0, "worker@two")
    write(build, "decoder/best.safetensors", b"late")
    shared_folder.push(slow)
    assert names(build) == []


def test_tables_that_are_still_being_filled_stay_where_they_are(build, bucket):
    write(build, "data/train/images.npy", b"half")
    shared_folder.push(build)
    assert names(build) == []
    write(build, "data/names.json", b"{}")
    shared_folder.push(build)
    assert names(build) == ["data/names.json", "data/train/images.npy"]


def test_a_download_that_is_cut_short_leaves_no_file(build, bucket, settings, monkeypatch):
    write(build, "picks.json", b"{}")
    shared_folder.push(build)
    on_another_machine(settings)

    def cut(stored, stream):
        stream.write(b"{")
        raise OSError("connection lost")

    monkeypatch.setattr(shutil, "copyfileobj", cut)
    with pytest.raises(OSError, match="connection lost"):
        shared_folder.fetch(build)
    left = [path.name for path in build_folder(build).rglob("*") if path.is_file()]
    assert left == []


def test_stimuli_are_saved_and_read_under_exactly_their_names(bucket):
    name = "ab" * 32 + ".webp"
    assert storages["stimuli"].save(name, ContentFile(b"image")) == name
    with storages["stimuli"].open(name) as stored:
        assert stored.read() == b"image"
    assert storages["stimuli"].size(name) == 5
    assert [each.key for each in bucket.objects.all()] == [f"stimuli/{name}"]


@pytest.mark.django_db
def test_two_machines_that_share_only_a_bucket_make_the_set_that_one_makes(
    bucket, settings, many, undisturbed, django_capture_on_commit_callbacks, monkeypatch
):
    """Each segment and each chunk runs on the machine whose turn it is."""
    machines = [settings.BUILDS_DIR.with_name(f"machine-{number}") for number in (1, 2)]
    turns = []
    fetched = shared_folder.fetch

    def fetch_on_the_next_machine(build, part=False):
        opening.forget_engine()  # another machine does not have it in memory
        turns.append(machines[len(turns) % 2])
        settings.BUILDS_DIR = turns[-1]
        fetched(build, part)

    monkeypatch.setattr(shared_folder, "fetch", fetch_on_the_next_machine)
    settings.BUILD_SEGMENT_SECONDS = 2.0
    with django_capture_on_commit_callbacks(execute=True):
        build = services.start_build(many)
    build.refresh_from_db()

    assert build.error == ""
    assert build.status == Build.Status.FINISHED
    assert build.stimulus_set.content_sha256.startswith(undisturbed)
    assert {machine.name for machine in turns} == {"machine-1", "machine-2"}
    assert BuildFile.objects.filter(build=build, path__startswith="render/chunks/").exists()


@pytest.mark.django_db
def test_a_bucket_that_is_lost_for_a_while_delays_the_build_and_no_more(
    bucket, server, settings, many, undisturbed, django_capture_on_commit_callbacks, monkeypatch
):
    """It is lost when results of the first and the fourth step, and of a chunk, are stored."""
    pushed, noted = shared_folder.push, log.note_progress
    pushes: list[str] = []
    said = []

    def push_or_lose_the_bucket(build, only=""):
        pushes.append(only)
        is_first_chunk = bool(only) and pushes.count(only) == 1
        if is_first_chunk or len(pushes) in (1, 4):
            server.stop()
        pushed(build, only)

    def note_and_find_it_again(build, text):
        noted(build, text)
        if "does not answer" in text:
            said.append(text)
            server.start()

    monkeypatch.setattr(shared_folder, "push", push_or_lose_the_bucket)
    monkeypatch.setattr("pv_engine.builds.segments.note_progress", note_and_find_it_again)
    settings.BUILD_SEGMENT_SECONDS = 2.0
    with django_capture_on_commit_callbacks(execute=True):
        build = services.start_build(many)
    build.refresh_from_db()

    assert build.error == ""
    assert build.stimulus_set.content_sha256.startswith(undisturbed)
    assert len(said) >= 3
    assert said[0] == (
        f"The bucket foresee-test at {server.address} does not answer; check it and the network. "
        "This step is repeated once it does."
    )


@pytest.mark.django_db
def test_a_bucket_that_refuses_fails_the_build_in_a_sentence(
    bucket, settings, many, django_capture_on_commit_callbacks
):
    missing = {"bucket_name": "gone"}
    store = settings.STORAGES["builds"]
    options = {**store["OPTIONS"], **missing}
    settings.STORAGES = {**settings.STORAGES, "builds": {**store, "OPTIONS": options}}
    settings.BUILD_SEGMENT_SECONDS = 2.0
    with django_capture_on_commit_callbacks(execute=True):
        build = services.start_build(many)
    build.refresh_from_db()
    assert build.status == Build.Status.FAILED
    assert build.error.startswith("The bucket gone at http://127.0.0.1:")
    assert build.error.endswith(
        "refuses (NoSuchBucket); check S3_BUCKET and its keys with `doctor`."
    )
