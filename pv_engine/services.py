"""Decides what happens to a build: who may work on it, what is stored, and how it ends.

A build is a chain of bounded segments, each started by one message (build, claim). A worker claims
the build by a conditional update that raises the claim number, runs one segment, writes only while
its claim is the latest, and sends the next message. So a message that comes twice, or late, does
nothing; a claim whose worker was lost lapses; and cancelling only has to change the status.
"""

import errno
import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.audit import COMMAND_LINE, Action, Actor, record
from pv_engine import artifacts, sharing
from pv_engine.build_log import note_event, note_progress
from pv_engine.errors import EngineError, RecipeError
from pv_engine.models import Build
from pv_engine.recipe import Recipe, parse_recipe
from pv_engine.resources import Resources
from pv_engine.stimulus_sets import load_stimulus_set
from pv_engine.training_records import build_folder, store_curve

if TYPE_CHECKING:  # the engine imports torch, which the web process must not
    from pv_engine.pipeline import Progress, StimulusBuild

logger = logging.getLogger(__name__)

# Short enough for a progress bar that moves, long enough that opening the build again is nothing.
SEGMENT_SECONDS = float(settings.BUILD_SEGMENT_SECONDS)
# Far longer than a segment takes: a claim older than this belongs to a worker that was lost.
LEASE = timedelta(seconds=settings.BUILD_LEASE_SECONDS)
ACTIVE = (Build.Status.QUEUED, Build.Status.RUNNING)
# The engine of the segment that this process ran last. Whoever also runs the next one finds the
# networks, pictures and features still in memory; what counts is on disk in any case.
_engines: dict[tuple[int, datetime, int], "StimulusBuild"] = {}
UNEXPECTED = (
    "Something unexpected went wrong on the worker; its log has the details. "
    "Resume continues from the last checkpoint."
)
LOST = (
    "The worker's process was ended from outside, most often because the machine ran out of "
    "memory. Resume continues from the last checkpoint."
)


DISK_FULL = (
    "The disk of {folder} on the worker is full; make room there. "
    "Resume continues from the last checkpoint."
)


def output_folder() -> Path:
    """Where finished stimulus folders are written unless a command says otherwise."""
    return Path(settings.BUILDS_DIR) / "stimuli"


# What people ask for


@transaction.atomic
def start_build(recipe: Recipe, actor: Actor = COMMAND_LINE, again: Build | None = None) -> Build:
    """Queue a build of the recipe; `again` is the build whose recipe it is, if it is one's."""
    longest = Build._meta.get_field("recipe_name").max_length or 0
    if len(recipe.name) > longest:
        raise RecipeError(f"name must have at most {longest} characters, but has more.")
    build = Build.objects.create(
        recipe_name=recipe.name,
        recipe_toml=recipe.text,
        recipe_folder=str(recipe.folder),
        started_by=actor if isinstance(actor, User) else None,
    )
    send_segment(build.pk, build.claim)
    note_event(build, f"Started by {actor}{f', as {again.audit_name} was' if again else ''}.")
    details = {"again": again.audit_name} if again else {}
    record(actor, Action.BUILD_STARTED, build, recipe_sha256=recipe.sha256, **details)
    return build


def start_again(build: Build, actor: Actor = COMMAND_LINE) -> Build:
    """A new build of the same recipe, from nothing; RecipeError if it breaks a rule by now."""
    name, folder = f"{build.recipe_name}.toml", Path(build.recipe_folder)
    return start_build(parse_recipe(build.recipe_toml, name, folder), actor, again=build)


def may_steer(user: User, build: Build) -> bool:
    """Whoever started a build cancels and resumes it; what nobody started here, everybody may."""
    return user.is_superuser or build.started_by_id in (None, user.pk)


@transaction.atomic
def cancel_build(build_id: int, actor: Actor = COMMAND_LINE) -> bool:
    """Stop after the segment that is running now; False when the build was over already."""
    active = Build.objects.filter(pk=build_id, status__in=ACTIVE)
    if not active.update(status=Build.Status.CANCELLED, finished_at=timezone.now()):
        return False
    build = Build.objects.get(pk=build_id)
    note_event(build, f"Cancelled by {actor}.")
    record(actor, Action.BUILD_CANCELLED, build)
    return True


@transaction.atomic
def resume_build(build_id: int, actor: Actor = COMMAND_LINE) -> bool:
    """Continue a failed or cancelled build from its last checkpoint; False when it is neither."""
    stopped = Build.objects.filter(
        pk=build_id, status__in=(Build.Status.FAILED, Build.Status.CANCELLED)
    )
    if not stopped.update(status=Build.Status.QUEUED, error="", finished_at=None):
        return False
    build = Build.objects.get(pk=build_id)
    sharing.forget_losses(build_id)
    if build.claimed_at is None:
        send_segment(build.pk, build.claim)
    else:  # cancelled in mid-segment: whoever holds it goes on; this message is for its loss
        send_segment(build.pk, build.claim - 1, countdown=seconds_left(build))
    note_event(build, f"Resumed by {actor}.")
    record(actor, Action.BUILD_RESUMED, build)
    return True


def send_segment(build_id: int, claim: int, countdown: float = 0) -> None:
    Build.objects.filter(pk=build_id).update(sent_at=timezone.now())
    transaction.on_commit(lambda: _send(build_id, claim, countdown))


def _send(build_id: int, claim: int, countdown: float) -> None:
    from pv_engine.tasks import advance_build

    try:
        advance_build.apply_async((build_id, claim), countdown=countdown or None)
    except OperationalError as error:
        # What was asked for is stored; `send_lost_messages` sends it when the broker is back.
        logger.warning("The broker took no message for build %s: %s", build_id, error)


# What workers do


def claim_build(build_id: int, claim: int, worker: str) -> Build | None:
    """The build, if this message may work on it now."""
    now = timezone.now()
    before = Build.objects.filter(pk=build_id).values_list("worker", flat=True).first()
    free = Q(claim=claim, claimed_at=None)
    lapsed = Q(claim=claim + 1, claimed_at__lt=now - LEASE)
    claimed = Build.objects.filter(free | lapsed, pk=build_id, status__in=ACTIVE).update(
        status=Build.Status.RUNNING, claim=F("claim") + 1, claimed_at=now, worker=worker[:200]
    )
    if not claimed:
        return None
    build = Build.objects.get(pk=build_id)
    if build.worker != before:
        note_event(build, f"Taken up by the worker {build.worker}.")
    return build


def look_again_later(build_id: int, claim: int) -> None:
    """For a refused message: if its segment is still claimed, make sure that it gets done.

    The message may have come twice, or its worker may have been lost; only time tells.
    """
    _engines.clear()
    for build in Build.objects.filter(pk=build_id, claim=claim + 1, status__in=ACTIVE):
        if build.claimed_at is not None:
            send_segment(build.pk, claim, countdown=seconds_left(build))


def seconds_left(build: Build) -> float:
    """Until the claim on the build lapses, and a second more; at least one second."""
    assert build.claimed_at is not None  # noqa: S101 - callers looked; tells mypy
    return max(0.0, (build.claimed_at + LEASE - timezone.now()).total_seconds()) + 1


def run_segment(build: Build) -> None:
    """Run one segment of a build that the caller has claimed, and send the next if one is left."""
    wait = 0.0
    try:
        artifacts.fetch(build)
        engine = _continued(build) or open_build(build)
        progress = sharing.hand_out(build, engine)
        if progress is not None:  # other workers do it; the last of them sends the message, too
            wait = sharing.WATCH_SECONDS
        else:
            progress = engine.advance(SEGMENT_SECONDS)
            _engines[build.pk, build.created_at, build.claim] = engine
            artifacts.push(build)
        _store_progress(build, progress)
        if progress.stimulus_folder is not None:
            _finish(build, progress.stimulus_folder)
    except Exception as error:  # noqa: BLE001 - the sentence is stored, the rest is logged
        _fail(build, sentence_for(error, build))
    _held(build).update(claimed_at=None)
    if _held(build).filter(status__in=ACTIVE).exists():
        send_segment(build.pk, build.claim, countdown=wait)
    else:
        forget_engine()


def forget_engine() -> None:
    """Free what an engine holds in memory, before another one is opened."""
    _engines.clear()


def _continued(build: Build) -> "StimulusBuild | None":
    """The engine as the segment just before this one left it, if this process ran that."""
    engine = _engines.get((build.pk, build.created_at, build.claim - 1))
    _engines.clear()
    return engine


def sentence_for(error: Exception, build: Build) -> str:
    """What to tell people of an error; what no sentence can tell goes to the log."""
    if isinstance(error, EngineError):
        return str(error)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DISK_FULL.format(folder=settings.BUILDS_DIR)
    logger.error("Build %s failed.", build.pk, exc_info=error)
    return UNEXPECTED


def open_build(build: Build) -> "StimulusBuild":
    recipe = parse_recipe(build.recipe_toml, f"{build.recipe_name}.toml", Path(build.recipe_folder))
    from pv_engine.pipeline import StimulusBuild

    return StimulusBuild(recipe, build_folder(build), output_folder(), _resources())


def open_foreground_build(recipe: Recipe, out: Path) -> "StimulusBuild":
    """The same engine without a row; the same recipe finds its checkpoints again."""
    from pv_engine.pipeline import StimulusBuild

    work = Path(settings.BUILDS_DIR) / recipe.build_key[:16]
    return StimulusBuild(recipe, work, out, _resources())


def _resources() -> Resources:
    return Resources(settings.FEATURE_CACHE_MIB, settings.COMPILE_NETWORKS)


def fail_lost_segment(build_id: int, claim: int) -> None:
    """The process that worked on this message's segment is gone, its worker goes on."""
    for build in Build.objects.filter(pk=build_id, claim=claim + 1):
        _fail(build, LOST)
        _held(build).update(claimed_at=None)


def take_up_interrupted(worker: str) -> int:
    """Called when a worker starts: continue what it was working on when it was last stopped.

    A worker that is only starting cannot hold a claim, so claims in its name are given up. Claims
    of others are looked at again when they lapse. The number of builds is returned.
    """
    Build.objects.filter(status__in=ACTIVE, worker=worker).update(claimed_at=None)
    sharing.give_up_claims(worker)
    builds = list(Build.objects.filter(status__in=ACTIVE))
    for build in builds:
        if build.claimed_at is None:
            send_segment(build.pk, build.claim)
        else:
            send_segment(build.pk, build.claim - 1, countdown=seconds_left(build))
    return len(builds)


def send_lost_messages(older_than: timedelta) -> int:
    """Send again what a broker forgot: messages that are older than this and had no effect.

    A message too many does nothing. The number of builds is returned.
    """
    before = timezone.now() - older_than
    silent = Build.objects.filter(Q(sent_at=None) | Q(sent_at__lt=before), status__in=ACTIVE)
    free = list(silent.filter(claimed_at=None))
    lapsed = list(silent.filter(claimed_at__lt=timezone.now() - LEASE))
    for build in free:
        send_segment(build.pk, build.claim)
    for build in lapsed:
        send_segment(build.pk, build.claim - 1)
    return len(free) + len(lapsed)


def fail_build(build_id: int, sentence: str) -> None:
    """End a running build whose chunk could not be done, with the reason."""
    Build.objects.filter(pk=build_id, status=Build.Status.RUNNING).update(
        status=Build.Status.FAILED, error=sentence, finished_at=timezone.now()
    )


def _held(build: Build) -> QuerySet[Build]:
    return Build.objects.filter(pk=build.pk, claim=build.claim)


def _store_progress(build: Build, progress: "Progress") -> None:
    left = progress.seconds_left
    holds = _held(build).update(
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
        _held(build)
        .filter(status=Build.Status.RUNNING)
        .update(
            status=Build.Status.FINISHED,
            stimulus_set=load_stimulus_set(folder),
            finished_at=timezone.now(),
        )
    )
    if finished:
        note_event(build, "Finished.")


def _fail(build: Build, sentence: str) -> None:
    failed = (
        _held(build)
        .filter(status=Build.Status.RUNNING)
        .update(status=Build.Status.FAILED, error=sentence, finished_at=timezone.now())
    )
    if failed:
        note_event(build, f"Failed: {sentence}")
