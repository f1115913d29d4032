"""The versions of a survey's protocol, each as participants were given it."""

from typing import ClassVar

from django.db import models
from django.utils.functional import cached_property

from accounts.models import AppendOnlyModel
from pv_engine.models import StimulusSet
from surveys.protocol.schema import Protocol


class ProtocolVersion(AppendOnlyModel):
    """A protocol and its stimulus set, frozen when the survey was opened with it.

    Rows are added and never changed or removed: participants point to the one they began with.
    """

    survey = models.ForeignKey("Survey", on_delete=models.PROTECT, related_name="versions")
    # From 1, in the order in which they came into force.
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    protocol_json = models.JSONField(db_column="protocol")
    # The file as it was loaded, comments and all.
    toml = models.TextField()
    stimulus_set = models.ForeignKey(StimulusSet, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # The account's name, or where else it came from. A name, since accounts may go.
    by = models.CharField(max_length=150)

    class Meta:
        verbose_name = "version of a protocol"
        verbose_name_plural = "versions of a protocol"
        ordering: ClassVar = ["survey", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["survey", "number"], name="version_number_once_a_survey"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} version {self.number}"

    @cached_property
    def protocol(self) -> Protocol:
        """The stored protocol as the dataclass it was read into."""
        return Protocol.from_json(self.protocol_json)
