"""Ends builds that cannot go on, each with a sentence that says why and what to do."""

import errno
import logging

from django.conf import settings
from django.utils import timezone

from pv_engine.builds.claims import held
from pv_engine.builds.log import note_event
from pv_engine.errors import EngineError
from pv_engine.models import Build

logger = logging.getLogger(__name__)

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


def sentence_for(error: Exception, build: Build) -> str:
    """What to tell people of an error; what no sentence can tell goes to the log."""
    if isinstance(error, EngineError):
        return str(error)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DISK_FULL.format(folder=settings.BUILDS_DIR)
    logger.error("Build %s failed.", build.pk, exc_info=error)
    return UNEXPECTED


def fail(build: Build, sentence: str) -> None:
    """End the build with a sentence, while the claim in hand is the latest."""
    failed = (
        held(build)
        .filter(status=Build.Status.RUNNING)
        .update(status=Build.Status.FAILED, error=sentence, finished_at=timezone.now())
    )
    if failed:
        note_event(build, f"Failed: {sentence}")


def fail_build(build_id: int, sentence: str) -> None:
    """End a running build whose chunk could not be done, with the reason."""
    Build.objects.filter(pk=build_id, status=Build.Status.RUNNING).update(
        status=Build.Status.FAILED, error=sentence, finished_at=timezone.now()
    )


def fail_lost_segment(build_id: int, claim: int) -> None:
    """The process that worked on this message's segment is gone, its worker goes on."""
    for build in Build.objects.filter(pk=build_id, claim=claim + 1):
        fail(build, LOST)
        held(build).update(claimed_at=None)
