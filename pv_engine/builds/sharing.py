"""Shares a phase of a build among workers, chunk by chunk.

The build's own chain of messages offers the chunks and waits. Each message `work_on_chunks` lets a
worker claim chunks in the database, one after another. Every worker produces the same result for a
chunk and writes it completely or not at all, so doing one twice is harmless. The worker that
finishes the last chunk continues the chain; the chain also checks for chunks of lost workers.
"""

import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from pv_engine.builds import opening, shared_folder
from pv_engine.builds.bucket import as_bucket_error
from pv_engine.models import Build, BuildChunk
from study.runs.claims import held, take
from study.runs.messages import publish, send
from study.runs.segments import fail, is_database_lost, sentence_for

if TYPE_CHECKING:  # the engine imports torch, which the web process must not
    from pv_engine.pipeline.stimulus_build import Progress, StimulusBuild

# The task below, as Celery knows it.
TASK = "pv_engine.tasks.work_on_chunks"
# How often the waiting chain checks for chunks of lost workers.
WATCH_SECONDS = min(60.0, float(settings.BUILD_LEASE_SECONDS))
# More messages than this would find nothing left to do.
MOST_MESSAGES = 64
MOST_LOSSES = 3
LOST_AGAIN = (
    "A worker was lost {losses} times while rendering the same items, most often because the "
    "machine ran out of memory. Resume tries again."
)


def offer_chunks(build: Build, engine: "StimulusBuild") -> "Progress | None":
    """Offer the missing chunks of a shared phase to all workers; None if there are none."""
    phase = engine.shared_phase()
    missing = phase.missing() if phase else []
    if phase is None or not missing:
        return None
    BuildChunk.objects.bulk_create(
        [BuildChunk(build=build, number=number) for number in missing], ignore_conflicts=True
    )
    # A result that is missing from the folder must be made again, whatever its row says.
    build.chunks.filter(number__in=missing).exclude(done_at=None).update(done_at=None)
    build.chunks.filter(done_at=None).exclude(number__in=missing).update(done_at=timezone.now())
    _send(build.pk, min(MOST_MESSAGES, _free(build.pk).count()))
    return engine.shared_progress(phase.chunks - len(missing))


def work_on_chunks(build_id: int, worker: str) -> None:
    """Do free chunks for about one segment; send the message again if some are left."""
    end = time.monotonic() + settings.BUILD_SEGMENT_SECONDS
    chunk = claim_chunk(build_id, worker)
    if chunk is None:
        return
    engine = None
    while chunk is not None:
        try:
            if engine is None:
                opening.forget_engine()
                shared_folder.fetch(chunk.build, part=True)
                engine = opening.open_build(chunk.build)
            _do(chunk, engine)
        except Exception as error:
            if is_database_lost(error):
                raise
            fault = as_bucket_error(error)
            if fault and fault.may_pass:
                # The waiting chain offers the chunk again; nobody has lost it.
                held(chunk).update(claimed_at=None)
                return None
            return fail_chunk(chunk, sentence_for(chunk.build, fault or error))
        if time.monotonic() >= end:
            return _send(build_id, min(1, _free(build_id).count()))
        chunk = claim_chunk(build_id, worker)


def _do(chunk: BuildChunk, engine: "StimulusBuild") -> None:
    engine.render.work(chunk.number)
    shared_folder.push(chunk.build, only=shared_folder.RENDERED)
    finish_chunk(chunk, engine)


def claim_chunk(build_id: int, worker: str) -> BuildChunk | None:
    """Claim the next free chunk for this worker; None if there is none."""
    for chunk in _free(build_id).select_related("build"):
        seen = held(chunk).filter(done_at=None)
        lost = int(chunk.claimed_at is not None)  # its claim lapsed
        if take(seen, worker, losses=F("losses") + lost):
            chunk.refresh_from_db()
            if chunk.losses < MOST_LOSSES:
                return chunk
            fail_chunk(chunk, LOST_AGAIN.format(losses=chunk.losses))
            return None
    return None


def finish_chunk(chunk: BuildChunk, engine: "StimulusBuild") -> None:
    """Mark the chunk as done; after the last one, continue the build's own chain.

    A worker whose claim has lapsed may also finish: its result is the same.
    """
    BuildChunk.objects.filter(pk=chunk.pk).update(done_at=timezone.now(), claimed_at=None)
    build = chunk.build
    done = build.chunks.exclude(done_at=None).count()
    progress = engine.shared_progress(done)
    Build.objects.filter(pk=build.pk, status=Build.Status.RUNNING, phase=progress.phase).update(
        phase_done=progress.done, permille=progress.permille, message=progress.message[:300]
    )
    if not build.chunks.filter(done_at=None).exists():
        build.refresh_from_db()
        send(build)


def fail_chunk(chunk: BuildChunk, sentence: str) -> None:
    """Fail the build with a sentence unless another worker has taken the chunk over."""
    if held(chunk).update(claimed_at=None):
        fail(Build.objects.filter(pk=chunk.build_id), sentence)


def release_lost_chunks(build_id: int, worker: str) -> None:
    """Release the chunks of a killed pool process, whose worker lives on."""
    mine = BuildChunk.objects.filter(build=build_id, worker=worker[:200], done_at=None)
    mine.exclude(claimed_at=None).update(claimed_at=None, losses=F("losses") + 1)
    for chunk in mine.filter(losses__gte=MOST_LOSSES):
        sentence = LOST_AGAIN.format(losses=chunk.losses)
        return fail(Build.objects.filter(pk=build_id), sentence)
    return _send(build_id, 1)


def forget_losses(build_id: int) -> None:
    BuildChunk.objects.filter(build=build_id).update(losses=0)


def _free(build_id: int) -> QuerySet[BuildChunk]:
    return BuildChunk.objects.filter(
        Q(claimed_at=None) | BuildChunk.lapsed(),
        build=build_id,
        done_at=None,
        build__status__in=Build.ACTIVE,
    )


def _send(build_id: int, count: int) -> None:
    """Send messages on commit; if the broker refuses them, the waiting chain offers them again."""
    transaction.on_commit(lambda: all(publish(TASK, build_id) for _ in range(count)))
