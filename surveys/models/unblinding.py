"""Who ended the blinding of a study, and when: one row a study, never changed."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import AppendOnlyModel
from surveys.models.study import Survey


class Unblinding(AppendOnlyModel):
    """The end of a study's blinding. There is no way back, so rows are never changed or removed."""

    survey = models.OneToOneField(Survey, on_delete=models.PROTECT, related_name="unblinding")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # As the person was called then; it stays when the account is gone.
    by_name = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return f"{self.survey_id} by {self.by_name}"
