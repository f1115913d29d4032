"""Runs a segment of a build that was claimed, and stores how far it came.

Whatever is stored is stored only while the claim is the latest; services.py tells how builds go on.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import timezone

from pv_engine.builds import claims, opening, shared_folder, sharing
from pv_engine.builds.claims import ACTIVE, held, send_segment
from pv_engine.builds.failures import fail, sentence_for
from pv_engine.builds.log import note_event, note_progress
from pv_engine.builds.training_records import store_curve
from pv_engine.kept_engine import forget_engine, keep_engine, take_engine
from pv_engine.models import Build
from pv_engine.stimulus_sets.loading import load_stimulus_set

if TYPE_CHECKING:  # the engine imports torch, which the web process must not
    from pv_engine.pipeline.stimulus_build import Progress


def run_segment(build: Build) -> None:
    """Run one segment of a build that the caller has claimed, and send the next if one is left."""
    wait = 0.0
    try:
        shared_folder.fetch(build)
        engine = take_engine(build) or opening.open_build(build)
        progress = sharing.hand_out(build, engine)
        if progress is not None:  # other workers do it; the last of them sends the message, too
            wait = sharing.WATCH_SECONDS
        else:
            progress = engine.advance(claims.SEGMENT_SECONDS)
            keep_engine(build, engine)
            shared_folder.push(build)
        _store_progress(build, progress)
        if progress.stimulus_folder is not None:
            _finish(build, progress.stimulus_folder)
    except Exception as error:  # noqa: BLE001 - the sentence is stored, the rest is logged
        fail(build, sentence_for(error, build))
    held(build).update(claimed_at=None)
    if held(build).filter(status__in=ACTIVE).exists():
        send_segment(build.pk, build.claim, countdown=wait)
    else:
        forget_engine()


def _store_progress(build: Build, progress: "Progress") -> None:
    left = progress.seconds_left
    holds = held(build).update(
        phase=progress.phase[:20],
        phase_done=progress.done,
        phase_total=progress.total,
        permille=progress.permille,
        message=progress.message[:300],
        device=progress.device[:100],
        images_per_second=progress.images_per_second,
        seconds_left=None if left is None else min(round(left), 2**31 - 1),
    )
    if holds:
        build.phase = progress.phase[:20]
        note_progress(build, progress.message)
    if holds and progress.curve:
        store_curve(build, progress.phase, progress.curve)


def _finish(build: Build, folder: Path) -> None:
    finished = (
        held(build)
        .filter(status=Build.Status.RUNNING)
        .update(
            status=Build.Status.FINISHED,
            stimulus_set=load_stimulus_set(folder),
            finished_at=timezone.now(),
        )
    )
    if finished:
        note_event(build, "Finished.")
