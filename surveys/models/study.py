"""A study: its survey with a frozen protocol, and its conditions."""

from typing import ClassVar

from django.db import models
from django.utils.functional import cached_property

from pv_engine.models import StimulusSet
from surveys.protocol.schema import Protocol


class Survey(models.Model):
    """A study. Its protocol is frozen once it has been opened."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    slug = models.SlugField(max_length=50, unique=True)
    title = models.CharField(max_length=200)
    protocol_json = models.JSONField(db_column="protocol")
    # The file as it was loaded, comments and all.
    protocol_toml = models.TextField()
    protocol_sha256 = models.CharField(max_length=64)
    stimulus_set = models.ForeignKey(StimulusSet, on_delete=models.PROTECT, related_name="surveys")
    # What participants who begin now are given; empty until the study is first opened.
    version = models.ForeignKey(
        "ProtocolVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    seed = models.PositiveBigIntegerField()
    # Of a pilot: the study that it tries out. A pilot stays one for good.
    pilot_of = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="pilots",
    )
    pilot_number = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # When the console began to show conditions by name; Unblinding says who decided so.
    unblinded_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When the console put it away; the list of studies leaves it out.
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Whether it was the protocol's stopping rule that closed it.
    closed_by_rule = models.BooleanField(default=False)
    # How many browsers ran the first page's script or sent its form, whether or not they went on.
    arrivals = models.PositiveIntegerField(default=0)
    # How many visitors said that they do not want to take part. Nothing else is known of them.
    declined = models.PositiveIntegerField(default=0)
    # How many participants have been assigned; the next one gets this number plus one.
    assigned = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.slug

    @property
    def is_pilot(self) -> bool:
        return self.pilot_of_id is not None

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    @property
    def is_blind(self) -> bool:
        """Whether the console must not tell which condition is which."""
        return self.unblinded_at is None

    @property
    def blinding_seed(self) -> str:
        """Gives the letters; others in each pilot, whose unblinding must not tell the study's."""
        return f"{self.seed}/{self.slug}" if self.is_pilot else str(self.seed)

    @property
    def blinding_notice(self) -> str:
        """A line for commands, which stay open to their operator; empty once unblinded."""
        if not self.is_blind:
            return ""
        return f"This output unblinds its readers: {self.slug!r} is still blind in the console."

    @cached_property
    def protocol(self) -> Protocol:
        """The stored protocol as the dataclass it was read into."""
        return Protocol.from_json(self.protocol_json)


class Condition(models.Model):
    """A group of a survey: what its participants are shown beside the image, or in which order."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="conditions")
    # A condition's name or, in within-person designs, that of an order of conditions.
    name = models.CharField(max_length=250)
    position = models.PositiveSmallIntegerField()
    ratio = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["survey", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "name"], name="condition_once_a_survey"),
        ]

    def __str__(self) -> str:
        return self.name
