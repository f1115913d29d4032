"""What is being written in the editor, and every state of a protocol that was saved."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.functional import cached_property

from surveys.models.study import Survey
from surveys.protocol.schema import Protocol


class ProtocolDraft(models.Model):
    """A text that somebody has typed and not saved yet; one for each person and study."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="drafts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    # The hash of the protocol that the person began with.
    seen = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["survey", "person"], name="draft_once_a_person_and_survey"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} by {self.person_id}"


class ProtocolRevision(models.Model):
    """A protocol as it was saved, whether or not participants were ever given it."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    protocol_json = models.JSONField(db_column="protocol")
    toml = models.TextField()
    at = models.DateTimeField()
    # The account's name, or where else it came from. A name, since accounts may go.
    by = models.CharField(max_length=150)

    class Meta:
        ordering: ClassVar = ["survey", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["survey", "number"], name="revision_number_once_a_survey"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} revision {self.number}"

    @cached_property
    def protocol(self) -> Protocol:
        """The stored protocol as the dataclass it was read into."""
        return Protocol.from_json(self.protocol_json)
