"""Participants whom the team leaves out of the analysis' second look."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from surveys.models.participants import Participant


class Exclusion(models.Model):
    """That a participant was excluded: why, by whom, when. It deletes nothing they answered."""

    participant = models.OneToOneField(
        Participant, on_delete=models.CASCADE, related_name="exclusion"
    )
    reason = models.CharField(max_length=500)
    # Whether conditions were still shown as letters; afterwards, results can have been known.
    while_blind = models.BooleanField()
    # As the researcher was called then; no row connects participants with accounts.
    by_name = models.CharField(max_length=300)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["participant"]

    def __str__(self) -> str:
        return f"{self.participant_id} excluded"
