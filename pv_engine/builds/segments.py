"""Does one segment of a claimed build and stores its progress.

Nothing is stored unless the claim is the latest; study/runs explains how runs work.
"""

from typing import TYPE_CHECKING

from django.conf import settings

from pv_engine.builds import opening, shared_folder, sharing
from pv_engine.builds.bucket import as_bucket_error
from pv_engine.builds.log import note_progress
from pv_engine.builds.training_records import store_curve
from pv_engine.models import Build
from pv_engine.stimulus_sets.loading import load_stimulus_set
from study.runs.claims import keep
from study.runs.segments import finish

if TYPE_CHECKING:  # the engine imports torch, which the web process must not
    from pv_engine.pipeline.stimulus_build import Progress


def run_segment(build: Build) -> float:
    """Do one segment of a claimed build; return the seconds that the next one should wait.

    A segment during which the bucket was lost is repeated until the bucket is back.
    """
    try:
        return _do_segment(build)
    except Exception as error:
        fault = as_bucket_error(error)
        if fault is None:
            raise
        if not fault.may_pass:
            raise fault from error
        # What it holds is ahead of the files, which the next fetch makes equal to the bucket's.
        opening.forget_engine()
        _say(build, f"{fault} This step is repeated once it does.")
        return sharing.WATCH_SECONDS


def _say(build: Build, sentence: str) -> None:
    if keep(build, message=sentence[:300]):
        note_progress(build, sentence)


def _do_segment(build: Build) -> float:
    wait = 0.0
    shared_folder.fetch(build)
    engine = opening.take_engine(build) or opening.open_build(build)
    progress = sharing.offer_chunks(build, engine)
    if progress is not None:  # all workers share the work; the last one also sends the message
        wait = sharing.WATCH_SECONDS
    else:
        progress = engine.advance(float(settings.BUILD_SEGMENT_SECONDS))
        opening.keep_engine(build, engine)
        shared_folder.push(build)
    _store_progress(build, progress)
    if progress.stimulus_folder is not None:
        stimulus_set = load_stimulus_set(progress.stimulus_folder)
        if finish(build, stimulus_set=stimulus_set):
            build.note("Finished.")
    return wait


def _store_progress(build: Build, progress: "Progress") -> None:
    left = progress.seconds_left
    holds = keep(
        build,
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
        store_curve(build, progress.phase, progress.curve)
