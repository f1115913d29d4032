"""What the database knows of a study: surveys, who takes part, what they saw and answered.

Nothing here identifies a person: no name, no address of a machine, no browser. What a participant
is shown is stored before it is shown, and what they answer is stored before they are told so.
"""

from typing import Any, ClassVar

from django.db import models

from pv_engine.models import Item, StimulusSet
from surveys.protocol import Protocol


class Survey(models.Model):
    """One study as participants meet it: a protocol, frozen once the survey has been opened."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    slug = models.SlugField(max_length=50, unique=True)
    title = models.CharField(max_length=200)
    protocol = models.JSONField()
    # The file as it was loaded, comments and all.
    protocol_toml = models.TextField()
    protocol_sha256 = models.CharField(max_length=64)
    stimulus_set = models.ForeignKey(StimulusSet, on_delete=models.PROTECT, related_name="surveys")
    seed = models.PositiveBigIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # How many browsers have opened the first page, whether or not they went on.
    arrivals = models.PositiveIntegerField(default=0)
    # How many participants have been assigned; the next one gets this number plus one.
    assigned = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.slug

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    @property
    def texts(self) -> Protocol:
        """The stored protocol as the dataclass it was read into."""
        return Protocol.from_json(self.protocol)


class Condition(models.Model):
    """An arm of a survey: the kind of picture that its participants are shown beside the image."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="conditions")
    name = models.CharField(max_length=50)
    position = models.PositiveSmallIntegerField()
    ratio = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering: ClassVar = ["survey", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "name"], name="condition_once_a_survey"),
        ]

    def __str__(self) -> str:
        return self.name


class Participant(models.Model):
    """One person, or one bot, who agreed to take part."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="participants")
    # Known to the participant's browser alone, where it is signed.
    token = models.CharField(max_length=64, unique=True)
    # From 1, in the order of assignment; seeds what this participant is shown.
    number = models.PositiveIntegerField(null=True, blank=True)
    condition = models.ForeignKey(
        Condition, null=True, blank=True, on_delete=models.PROTECT, related_name="participants"
    )
    simulated = models.BooleanField(default=False, editable=False)
    n_trials = models.PositiveSmallIntegerField(default=0)
    # Claimed by a conditional update before an answer is written, so that each trial is answered
    # once, and in order.
    n_answered = models.PositiveSmallIntegerField(default=0)
    arrived_at = models.DateTimeField()
    consented_at = models.DateTimeField()
    assigned_at = models.DateTimeField(null=True, blank=True)
    introduced_at = models.DateTimeField(null=True, blank=True)
    last_active_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["survey", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "number"], name="number_once_a_survey"),
            models.CheckConstraint(
                condition=models.Q(n_answered__lte=models.F("n_trials")),
                name="no_more_answers_than_trials",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["survey", "simulated"], name="participant_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} no. {self.number}"


class Trial(models.Model):
    """One question as one participant is shown it."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="trials")
    # From 1, in the participant's own order.
    position = models.PositiveSmallIntegerField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="trials")
    # Class names and "cant_tell", in the order in which they are shown.
    options = models.JSONField()
    # When the page was first sent.
    shown_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["participant", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["participant", "position"], name="position_once_a_participant"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} trial {self.position}"


class Response(models.Model):
    """The one answer to a trial."""

    trial = models.OneToOneField(Trial, on_delete=models.CASCADE, related_name="response")
    # One of the trial's options.
    option = models.CharField(max_length=100)
    # Where the option stood among those shown, from 1.
    position = models.PositiveSmallIntegerField()
    answered_at = models.DateTimeField()
    # From the first paint of both images to the answer; empty without JavaScript.
    response_time_ms = models.PositiveIntegerField(null=True, blank=True)
    # The part of it during which the page was hidden behind another tab or window.
    hidden_time_ms = models.PositiveIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.trial_id}: {self.option}"


class Event(models.Model):
    """Something that happened to a participant. Rows are added and never changed."""

    class Kind(models.TextChoices):
        ARRIVAL = "arrival", "opened the first page"
        CONSENT = "consent", "agreed to take part"
        ASSIGNMENT = "assignment", "was assigned to a condition"
        PAGE = "page", "went on from a page"
        FINISH = "finish", "answered the last trial"

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField()
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.participant_id} {self.kind}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("An event is never changed; add another one.")
        super().save(*args, **kwargs)
