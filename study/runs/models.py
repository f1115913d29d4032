"""What every long job of a worker has in common: builds, exports and reports, bots, checks.

A run is a chain of segments. Each is started by one message (number of the run, claim). A worker
claims the run by a conditional update that raises the claim, works on one segment, writes only
while its claim is the latest, and sends the next message. So a message that comes twice or late
does nothing, a claim whose worker was lost lapses, and cancelling only changes the status.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone

from study.configuration.commands import WORKER, target

NO_BROKER = (
    "The broker does not answer, so no worker knows of this. "
    "It is stored and will be sent again when the broker answers."
)
NO_WORKER = (
    "No worker has started this yet. Check that one is running; to start one: "
    f"{target('worker', WORKER)}"
)
WORKER_LOST = "Its worker gives no sign of life any more. Another one will continue it by itself."


class Lease(models.Model):
    """Work on which only the holder of the latest claim may write."""

    # A claim without a sign of life for this long belongs to a worker that was lost.
    lease: ClassVar[timedelta]

    # Counts claims.
    claim = models.PositiveIntegerField(default=0)
    # The holder's last sign of life; empty while nobody works on it.
    claimed_at = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True

    @classmethod
    def lapsed(cls) -> Q:
        return Q(claimed_at__lt=timezone.now() - cls.lease)

    @property
    def has_lapsed(self) -> bool:
        return self.claimed_at is not None and self.claimed_at < timezone.now() - self.lease


class Run(Lease):
    """A long job that somebody asked for. Each concrete model is one kind of run."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting for a worker"
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    ACTIVE: ClassVar = (Status.QUEUED, Status.RUNNING)
    # The name of the Celery task that works on one segment; it takes the run's number and a claim.
    task: ClassVar[str]
    # What to do about a failure whose cause is not in the request.
    advice: ClassVar[str]
    # Errors whose message may be shown as it stands.
    known_errors: ClassVar[tuple[type[Exception], ...]] = ()
    # The setting that names the folder in which the kind writes.
    folder_setting: ClassVar[str] = "VAR_DIR"

    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    # Progress of the whole run, 0 to 1000, and what is being done, in words.
    permille = models.PositiveSmallIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    # When the broker last took a message for the next segment; empty if it took none.
    sent_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_active(self) -> bool:
        return self.status in self.ACTIVE

    @property
    def is_finished(self) -> bool:
        return self.status == self.Status.FINISHED

    @property
    def is_lost(self) -> bool:
        """Whether a worker should have shown a sign of life by now."""
        since = self.claimed_at or self.sent_at
        return self.is_active and (since is None or since < timezone.now() - self.lease)

    @classmethod
    def lost(cls) -> Q:
        """The same as a condition."""
        silent = Q(sent_at=None) | Q(sent_at__lt=timezone.now() - cls.lease)
        return Q(status__in=cls.ACTIVE) & (cls.lapsed() | Q(claimed_at=None) & silent)

    @property
    def notice(self) -> str:
        """What keeps an active run waiting, in one sentence; empty while all is well."""
        if not self.is_lost:
            return ""
        if self.claimed_at is not None:
            return WORKER_LOST
        return NO_WORKER if self.sent_at else NO_BROKER

    def note(self, text: str) -> None:
        """Keep what happened to the run, where the kind has a log."""


def kinds() -> Iterator[type[Run]]:
    """Every kind of run in the installed apps."""
    return (model for model in apps.get_models() if issubclass(model, Run))


def leases() -> Iterator[type[Lease]]:
    """Every table of which workers claim rows: runs, and shared parts of runs."""
    return (model for model in apps.get_models() if issubclass(model, Lease))
