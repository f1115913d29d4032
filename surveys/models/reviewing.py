"""Links by which reviewers read a study's report and data without an account."""

from typing import ClassVar

from django.db import models

from surveys.models.study import Survey


class ReviewLink(models.Model):
    """A read-only link; only the hash of its secret is stored."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="review_links")
    secret_sha256 = models.CharField(max_length=64, unique=True)
    # Whom it was made for, such as "Reviewers of the journal".
    label = models.CharField(max_length=100)
    # The account's name. A name, since accounts may go.
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.label} ({self.survey_id})"
