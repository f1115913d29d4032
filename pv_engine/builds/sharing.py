"""Shares a phase of a build among workers: who does which chunk, and what a loss costs.

The build's own chain of messages hands the chunks out and waits. Each message `work_on_chunks` lets
a worker claim chunks, one after the other, in the database. A chunk's result is the same whoever
makes it and is written whole or not at all, so doing one twice changes nothing. Whoever finishes
the last one sends the chain on; the chain also looks by itself, for chunks whose worker was lost.
"""

import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from pv_engine.builds import opening, shared_folder
from pv_engine.models import Build, BuildChunk
from study.runs.claims import held, take
from study.runs.messages import publish, send
from study.runs.segments import fail, is_database_lost, sentence_for

if TYPE_CHECKING:  # the engine imports torch, which the web process must not
    from pv_engine.pipeline.stimulus_build import Progress, StimulusBuild

# The task below, as Celery knows it.
TASK = "pv_engine.tasks.work_on_chunks"
# How often the waiting chain looks for chunks of lost workers.
WATCH_SECONDS = min(60.0, float(settings.BUILD_LEASE_SECONDS))
# More messages than this would only find that nothing is left to do.
MOST_MESSAGES = 64
MOST_LOSSES = 3
LOST_AGAIN = (
    "A worker was lost {losses} times while it rendered the same items, most often because the "
    "machine ran out of memory. Resume tries again."
)


def hand_out(build: Build, engine: "StimulusBuild") -> "Progress | None":
    """Offer what is missing of a shared phase to all workers; None when nothing is to be shared."""
    phase = engine.shared_phase()
    missing = phase.missing() if phase else []
    if phase is None or not missing:
        return None
    BuildChunk.objects.bulk_create(
        [BuildChunk(build=build, number=number) for number in missing], ignore_conflicts=True
    )
    # A result that is gone from the folder has to be made again, whatever the row says.
    build.chunks.filter(number__in=missing).exclude(done_at=None).update(done_at=None)
    build.chunks.filter(done_at=None).exclude(number__in=missing).update(done_at=timezone.now())
    _send(build.pk, min(MOST_MESSAGES, _free(build.pk).count()))
    return engine.shared_progress(phase.chunks - len(missing))


def work_on_chunks(build_id: int, worker: str) -> None:
    """Do free chunks for about a segment; send the message again when some are left."""
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
            return fail_chunk(chunk, sentence_for(chunk.build, error))
        if time.monotonic() >= end:
            return _send(build_id, min(1, _free(build_id).count()))
        chunk = claim_chunk(build_id, worker)


def _do(chunk: BuildChunk, engine: "StimulusBuild") -> None:
    engine.render.work(chunk.number)
    shared_folder.push(chunk.build, only=shared_folder.RENDERED)
    finish_chunk(chunk, engine)


def claim_chunk(build_id: int, worker: str) -> BuildChunk | None:
    """The next chunk that nobody works on, claimed for this worker."""
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
    """Note that the result is there; after the last one, the build's own chain goes on.

    A worker that was slower than its claim may finish, too: its result is as good as another's.
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
    """End the build with a sentence, unless another worker has taken the chunk over."""
    if held(chunk).update(claimed_at=None):
        fail(Build.objects.filter(pk=chunk.build_id), sentence)


def lose_process(build_id: int, worker: str) -> None:
    """The pool process that worked on chunks is gone, its worker goes on: do them again."""
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
    """What the broker does not take, the waiting chain offers again."""
    transaction.on_commit(lambda: all(publish(TASK, build_id) for _ in range(count)))
