"""Exports and reports that somebody asked for in the console, with the file that came of each."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from surveys.models.study import Survey


class Job(models.Model):
    """One export or report: a worker makes its file, which is kept with date and hash."""

    class Kind(models.TextChoices):
        EXPORT = "export", "Export"
        REPORT = "report", "Report"

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting for a worker"
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        FAILED = "failed", "Failed"

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=10, choices=Kind)
    # Whether the images go with an export.
    with_images = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    # What is being done, in words, and how much is done, 0 to 1000.
    step = models.CharField(max_length=100, blank=True)
    permille = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # As the person was called then; it stays when the account is gone.
    started_by_name = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)
    # Of the last sign of life; a job that is active and gave none for long has lost its worker.
    changed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=200, blank=True)
    # Counts claims: only the holder of the latest one may write.
    claim = models.PositiveIntegerField(default=0)
    file_name = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    # In bytes.
    size = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["survey", "kind"],
                condition=models.Q(status__in=["queued", "running"]),
                name="one_active_job_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk} of {self.survey_id} ({self.status})"

    @property
    def is_active(self) -> bool:
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)

    @property
    def is_finished(self) -> bool:
        return self.status == self.Status.FINISHED
