"""Exports and reports that somebody asked for in the console, with the file that came of each."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models

from study.runs.models import Run
from surveys.errors import SurveyError
from surveys.models.study import Survey


class Job(Run):
    """One export or report: a worker makes its file, which is kept with date and hash."""

    class Kind(models.TextChoices):
        EXPORT = "export", "Export"
        REPORT = "report", "Report"

    # Longer than a million responses took on a machine that was busy with a dozen other things.
    lease = timedelta(minutes=30)
    task = "surveys.tasks.make_file"
    advice = "Try again."
    known_errors = (SurveyError,)
    folder_setting = "REPORTS_DIR"

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=10, choices=Kind)
    # Whether the images go with an export.
    with_images = models.BooleanField(default=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # As the person was called then; it stays when the account is gone.
    started_by_name = models.CharField(max_length=300)
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
