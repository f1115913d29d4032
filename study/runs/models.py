"""The base of all long jobs of workers: builds, exports and reports, bots, checks, sample sizes.

A run is a chain of segments. One message (number of the run, claim) starts each. A worker claims
the run with a conditional update that increments the claim, works on one segment, writes only while
its claim is the latest, and sends the next message. So a duplicate or late message does nothing,
the claim of a lost worker lapses, and cancelling only changes the status.
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
    "The broker does not answer, so no worker can start this. "
    "It is stored and will be sent once the broker answers."
)
NO_WORKER = (
    "No worker has started this yet. Check that one is running; to start one: "
    f"{target('worker', WORKER)}"
)
WORKER_LOST = "Its worker has stopped responding. Another one will continue it automatically."


class Lease(models.Model):
    """A row that only the holder of the latest claim may change."""

    # A claim that was not renewed for this long belongs to a lost worker.
    lease: ClassVar[timedelta]

    # The number of claims so far.
    claim = models.PositiveIntegerField(default=0)
    # When the claim was last renewed; empty while nobody works on the row.
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
    """A long job of workers. Each concrete model is one kind of run."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting for a worker"
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    ACTIVE: ClassVar = (Status.QUEUED, Status.RUNNING)
    # Name of the Celery task that does one segment; its arguments are the run's key and a claim.
    task: ClassVar[str]
    # What the user can do about a failure that the request did not cause.
    advice: ClassVar[str]
    # Errors whose message may be shown as it is.
    known_errors: ClassVar[tuple[type[Exception], ...]] = ()
    # The setting with the folder that runs of this kind write to.
    folder_setting: ClassVar[str] = "VAR_DIR"

    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    # Progress of the whole run, 0 to 1000, and the current step in words.
    permille = models.PositiveSmallIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    # When the broker last accepted the message for the next segment; empty if it refused it.
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
        """Whether a worker should have started or renewed its claim by now."""
        since = self.claimed_at or self.sent_at
        return self.is_active and (since is None or since < timezone.now() - self.lease)

    @classmethod
    def lost(cls) -> Q:
        """`is_lost` as a condition of a query."""
        silent = Q(sent_at=None) | Q(sent_at__lt=timezone.now() - cls.lease)
        return Q(status__in=cls.ACTIVE) & (cls.lapsed() | Q(claimed_at=None) & silent)

    @property
    def notice(self) -> str:
        """One sentence on why an active run is waiting; empty if it is not."""
        if not self.is_lost:
            return ""
        if self.claimed_at is not None:
            return WORKER_LOST
        return NO_WORKER if self.sent_at else NO_BROKER

    def note(self, text: str) -> None:
        """Log an event of the run; does nothing for kinds without a log."""


def kinds() -> Iterator[type[Run]]:
    """Return every kind of run in the installed apps."""
    return (model for model in apps.get_models() if issubclass(model, Run))


def leases() -> Iterator[type[Lease]]:
    """Return every model whose rows workers claim: runs, and shared parts of runs."""
    return (model for model in apps.get_models() if issubclass(model, Lease))
