"""Chunks of a shared phase: who may do which, and what a loss costs."""

from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import TestCase
from django.utils import timezone

from pv_engine import tasks
from pv_engine.builds import opening, segments, services, sharing
from pv_engine.errors import ImageDataError
from pv_engine.models import LEASE, Build, BuildChunk
from study.runs.segments import advance
from study.runs.workers import resume_interrupted
from tests.pv_engine.scripted_engine import ScriptedEngine, ScriptedStep

pytest_plugins = ["tests.pv_engine.builds_cast"]


@dataclass
class SharedEngine(ScriptedEngine):
    """An engine whose next phase has three chunks; it notes who draws what."""

    drawn: list[int] = field(default_factory=list)
    chunks: int = 3
    trouble: Exception | None = None

    @property
    def render(self):
        return self

    def shared_phase(self):
        return self

    def missing(self):
        return [number for number in range(self.chunks) if number not in self.drawn]

    def work(self, number):
        if self.trouble:
            raise self.trouble
        self.drawn.append(number)

    def shared_progress(self, done):
        return ScriptedStep(
            phase="render", done=done * 8, total=24, permille=900 + done, message=f"{done}"
        )


@pytest.fixture
def shared(monkeypatch):
    engine = SharedEngine([])
    monkeypatch.setattr(opening, "open_build", lambda build: engine)
    return engine


@pytest.fixture
def offered(monkeypatch):
    """The builds whose chunks were offered to workers, once for each message."""
    messages = []
    monkeypatch.setattr(
        tasks.work_on_chunks, "apply_async",
        lambda args, kwargs, countdown=None: messages.append(args[0]),
    )  # fmt: skip
    return messages


def segment(build):
    with TestCase.captureOnCommitCallbacks(execute=True):
        advance(Build, build.pk, build.claim, "worker@chain", segments.run_segment)
    build.refresh_from_db()


def work(build, worker="worker@one"):
    with TestCase.captureOnCommitCallbacks(execute=True):
        sharing.work_on_chunks(build.pk, worker)
    build.refresh_from_db()


def lapse(chunk):
    old = timezone.now() - LEASE - timedelta(seconds=1)
    BuildChunk.objects.filter(pk=chunk.pk).update(claimed_at=old)


def test_the_chain_offers_the_chunks_and_waits(build, shared, sent, offered):
    segment(build)

    assert offered == [build.pk] * 3
    assert sent == [(build.pk, 1, sharing.WATCH_SECONDS)]
    assert (build.status, build.phase, build.claimed_at) == ("running", "render", None)
    assert shared.drawn == []


def test_a_worker_does_every_free_chunk_and_sends_the_chain_on_after_the_last(
    build, shared, sent, offered
):
    segment(build)
    sent.clear()
    work(build)

    assert shared.drawn == [0, 1, 2]
    assert not build.chunks.filter(done_at=None).exists()
    assert sent == [(build.pk, 1, 0)]
    assert (build.phase_done, build.permille, build.message) == (24, 903, "3")


def test_a_worker_lets_go_when_its_time_is_over(build, shared, sent, offered, settings):
    segment(build)
    offered.clear()
    settings.BUILD_SEGMENT_SECONDS = 0.0
    work(build)

    assert shared.drawn == [0]
    assert offered == [build.pk]


def test_a_message_that_finds_nothing_to_do_does_nothing(build, shared, sent, offered):
    segment(build)
    work(build)
    sent.clear()
    offered.clear()
    work(build, "worker@two")

    assert shared.drawn == [0, 1, 2]
    assert sent == offered == []


def test_two_workers_never_hold_one_chunk(build, shared, sent, offered):
    segment(build)
    held = [sharing.claim_chunk(build.pk, f"worker@{name}") for name in ("one", "two", "three")]
    assert sorted(chunk.number for chunk in held) == [0, 1, 2]
    assert sharing.claim_chunk(build.pk, "worker@four") is None


def test_a_claim_taken_from_under_a_worker_is_seen(build, shared, sent, offered, monkeypatch):
    """Two workers have read the same free chunk; the second finds its claim number changed."""
    segment(build)
    BuildChunk.objects.exclude(number=0).delete()
    stale = list(sharing._free(build.pk).select_related("build"))
    assert sharing.claim_chunk(build.pk, "worker@one") is not None

    class Stale:
        def select_related(self, *names):
            return stale

    monkeypatch.setattr(sharing, "_free", lambda build_id: Stale())
    assert sharing.claim_chunk(build.pk, "worker@two") is None


def test_a_lost_workers_chunk_is_offered_again_by_the_waiting_chain(build, shared, sent, offered):
    segment(build)
    lost = sharing.claim_chunk(build.pk, "worker@lost")
    lapse(lost)
    offered.clear()
    segment(build)
    assert offered == [build.pk] * 3

    work(build, "worker@two")
    lost.refresh_from_db()
    assert (lost.worker, lost.losses) == ("worker@two", 1)
    assert lost.done_at is not None


def test_a_worker_that_was_slower_than_its_claim_finishes_all_the_same(
    build, shared, sent, offered
):
    segment(build)
    slow = sharing.claim_chunk(build.pk, "worker@slow")
    lapse(slow)
    again = sharing.claim_chunk(build.pk, "worker@two")
    assert again.pk == slow.pk

    sharing.finish_chunk(slow, shared)
    again.refresh_from_db()
    assert again.done_at is not None


def test_a_chunk_over_which_workers_are_lost_time_and_again_ends_the_build(
    build, shared, sent, offered
):
    segment(build)
    for _ in range(sharing.MOST_LOSSES):
        sharing.claim_chunk(build.pk, "worker@one")
        sharing.release_lost_chunks(build.pk, "worker@one")
    build.refresh_from_db()

    assert build.status == Build.Status.FAILED
    assert "lost 3 times" in build.error
    assert sharing.claim_chunk(build.pk, "worker@two") is None


def test_resuming_forgets_the_losses(build, shared, sent, offered):
    test_a_chunk_over_which_workers_are_lost_time_and_again_ends_the_build(
        build, shared, sent, offered
    )
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert services.resume_build(build.pk)
    build.refresh_from_db()
    segment(build)
    work(build)
    assert shared.drawn == [0, 1, 2]


def test_an_error_in_a_chunk_ends_the_build_with_its_sentence(build, shared, sent, offered):
    segment(build)
    shared.trouble = ImageDataError("red/05.png cannot be read.")
    work(build)

    assert (build.status, build.error) == (Build.Status.FAILED, "red/05.png cannot be read.")
    assert not build.chunks.exclude(claimed_at=None).exists()


def test_an_error_of_a_worker_that_lost_its_claim_does_not_end_the_build(
    build, shared, sent, offered
):
    segment(build)
    slow = sharing.claim_chunk(build.pk, "worker@slow")
    lapse(slow)
    sharing.claim_chunk(build.pk, "worker@two")
    sharing.fail_chunk(slow, "It failed here.")
    build.refresh_from_db()
    assert build.status == Build.Status.RUNNING


def test_a_cancelled_build_offers_no_chunks(build, shared, sent, offered):
    segment(build)
    services.cancel_build(build.pk)
    work(build)
    assert shared.drawn == []


def test_a_result_that_is_gone_from_the_folder_is_made_again(build, shared, sent, offered):
    segment(build)
    work(build)
    shared.drawn.remove(1)
    segment(build)
    work(build)
    assert shared.drawn == [0, 2, 1]


def test_a_worker_that_starts_again_gives_up_the_chunks_that_it_held(
    build, shared, sent, offered, no_workers
):
    segment(build)
    sharing.claim_chunk(build.pk, "worker@one")
    resume_interrupted(SimpleNamespace(hostname="worker@one"))
    assert not build.chunks.exclude(claimed_at=None).exists()
