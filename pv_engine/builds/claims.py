"""Says who may work on a build now, and sends the messages that make workers try.

Every worker claims by a conditional update, so it does not matter how often a message comes; what
matters is that one comes. services.py tells how builds go on.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from pv_engine.builds.log import note_event
from pv_engine.models import Build

logger = logging.getLogger(__name__)

# Short enough for a progress bar that moves, long enough that opening the build again is nothing.
SEGMENT_SECONDS = float(settings.BUILD_SEGMENT_SECONDS)
# Far longer than a segment takes: a claim older than this belongs to a worker that was lost.
LEASE = timedelta(seconds=settings.BUILD_LEASE_SECONDS)
ACTIVE = (Build.Status.QUEUED, Build.Status.RUNNING)


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


def held(build: Build) -> QuerySet[Build]:
    """The build, while the claim in hand is the latest; else nothing."""
    return Build.objects.filter(pk=build.pk, claim=build.claim)


def look_again_later(build_id: int, claim: int) -> None:
    """For a refused message: if its segment is still claimed, make sure that it gets done.

    The message may have come twice, or its worker may have been lost; only time tells.
    """
    for build in Build.objects.filter(pk=build_id, claim=claim + 1, status__in=ACTIVE):
        if build.claimed_at is not None:
            send_segment(build.pk, claim, countdown=seconds_left(build))


def seconds_left(build: Build) -> float:
    """Until the claim on the build lapses, and a second more; at least one second."""
    assert build.claimed_at is not None  # noqa: S101 - callers looked; tells mypy
    return max(0.0, (build.claimed_at + LEASE - timezone.now()).total_seconds()) + 1


def take_up_interrupted(worker: str) -> int:
    """Called when a worker starts: continue what it was working on when it was last stopped.

    A worker that is only starting cannot hold a claim, so claims in its name are given up. Claims
    of others are looked at again when they lapse. The number of builds is returned.
    """
    Build.objects.filter(status__in=ACTIVE, worker=worker).update(claimed_at=None)
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
