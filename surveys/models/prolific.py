"""The study on Prolific by which a study recruits."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from surveys.models.study import Survey


class ProlificStudy(models.Model):
    """Which study on Prolific belongs to a study of ours, and how it stood when last asked.

    Nothing of its submissions or of the token is stored.
    """

    survey = models.OneToOneField(Survey, on_delete=models.CASCADE, related_name="on_prolific")
    # Empty while the draft is being created, and after a server was lost meanwhile.
    study_id = models.CharField(max_length=64, blank=True)
    # As Prolific called it: "UNPUBLISHED", "ACTIVE", "PAUSED" and so on.
    status = models.CharField(max_length=40, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "studies on Prolific"
        ordering: ClassVar = ["survey"]

    def __str__(self) -> str:
        return f"{self.study_id} of {self.survey_id}"
