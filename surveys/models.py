"""What the database knows of a study: surveys, who takes part, what they saw and answered.

Nothing here identifies a person: no name, no address of a machine, no browser. What a participant
is shown is stored before it is shown, and what they answer is stored before they are told so.
"""

from typing import Any, ClassVar

from django.db import models
from django.utils.functional import cached_property

from pv_engine.models import Item, StimulusSet
from surveys.protocol import Protocol


class AppendOnly(models.QuerySet[Any]):
    """A query set whose rows are added and never changed."""

    def update(self, **kwargs: Any) -> int:
        raise TypeError("A line of the ledger is never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("A line of the ledger is never removed.")


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
    # How many visitors said that they do not want to take part. Nothing else is known of them.
    declined = models.PositiveIntegerField(default=0)
    # How many participants have been assigned; the next one gets this number plus one.
    assigned = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.slug

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    @cached_property
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
    """One person, or one bot, who agreed to take part.

    Whoever withdraws leaves a tombstone: this row, without anything they answered.
    """

    class TurnedAway(models.TextChoices):
        SCREENED_OUT = "screened_out", "did not pass the comprehension check"
        FULL = "full", "came when all places were taken"

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="participants")
    # Known to the participant's browser alone, where it is signed.
    token = models.CharField(max_length=64, unique=True)
    # From 1, in the order of assignment; seeds what this participant is shown.
    number = models.PositiveIntegerField(null=True, blank=True)
    condition = models.ForeignKey(
        Condition, null=True, blank=True, on_delete=models.PROTECT, related_name="participants"
    )
    # From 1, in the order of assignment within the condition; the row of a balanced question order.
    place = models.PositiveIntegerField(null=True, blank=True)
    simulated = models.BooleanField(default=False, editable=False)
    language = models.CharField(max_length=10, default="en")
    # Which wording of information and consent this participant agreed to.
    consent_version = models.CharField(max_length=60, blank=True)
    turned_away = models.CharField(max_length=20, choices=TurnedAway, blank=True)
    comprehension_tries = models.PositiveSmallIntegerField(default=0)
    n_practised = models.PositiveSmallIntegerField(default=0)
    n_trials = models.PositiveSmallIntegerField(default=0)
    # Claimed by a conditional update before an answer is written, so that each trial is answered
    # once, and in order.
    n_answered = models.PositiveSmallIntegerField(default=0)
    n_failed_checks = models.PositiveSmallIntegerField(default=0)
    # Questionnaire pages that were sent, and the answers on them, by the questions' names.
    n_pages = models.PositiveSmallIntegerField(default=0)
    questionnaire = models.JSONField(default=dict, blank=True)
    arrived_at = models.DateTimeField()
    consented_at = models.DateTimeField()
    understood_at = models.DateTimeField(null=True, blank=True)
    assigned_at = models.DateTimeField(null=True, blank=True)
    introduced_at = models.DateTimeField(null=True, blank=True)
    last_active_at = models.DateTimeField()
    # When the last trial was answered.
    finished_at = models.DateTimeField(null=True, blank=True)
    debriefed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

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


class Assignment(models.Model):
    """A line of the ledger: which condition the participant of a number got, and on what ground.

    Rows are added and never changed or removed, also when a participant withdraws.
    """

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="ledger")
    number = models.PositiveIntegerField()
    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="ledger")
    # From 1: the how-manieth of this condition.
    place = models.PositiveIntegerField()
    # Of least_filled: how many places of each condition were taken at that moment, in the
    # protocol's order. The other modes follow from seed and number alone.
    taken = models.JSONField(default=list, blank=True)
    at = models.DateTimeField()

    objects = AppendOnly.as_manager()

    class Meta:
        ordering: ClassVar = ["survey", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "number"], name="assigned_once_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} no. {self.number}: {self.condition_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A line of the ledger is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("A line of the ledger is never removed.")


class Trial(models.Model):
    """One question as one participant is shown it."""

    class Kind(models.TextChoices):
        MAIN = "main", "question of the study"
        ATTENTION = "attention", "attention check"
        REPEAT = "repeat", "question asked again"

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="trials")
    # From 1, in the participant's own order.
    position = models.PositiveSmallIntegerField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="trials")
    # Class names and "cant_tell", in the order in which they are shown.
    options = models.JSONField()
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.MAIN)
    # Of an attention check: the option that the page asks for.
    expected = models.CharField(max_length=100, blank=True)
    # When the page was first sent.
    shown_at = models.DateTimeField(null=True, blank=True)
    # Of two-step trials: the answer given from the image alone.
    first_option = models.CharField(max_length=100, blank=True)
    first_answered_at = models.DateTimeField(null=True, blank=True)
    first_response_time_ms = models.PositiveIntegerField(null=True, blank=True)
    first_hidden_time_ms = models.PositiveIntegerField(null=True, blank=True)

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
    # From 1, not sure at all, to 5, completely sure, where the protocol asks for it.
    confidence = models.PositiveSmallIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.trial_id}: {self.option}"


class PanelIdentity(models.Model):
    """Who a participant is to the panel that sent them. Removed when they withdraw."""

    participant = models.OneToOneField(
        Participant, on_delete=models.CASCADE, related_name="panel_identity"
    )
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="panel_identities")
    panel_id = models.CharField(max_length=100)
    study_id = models.CharField(max_length=100, blank=True)
    session_id = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name_plural = "panel identities"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "panel_id"], name="panel_id_once_a_survey"),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} of a panel"


class Event(models.Model):
    """Something that happened to a participant. Rows are added and never changed."""

    class Kind(models.TextChoices):
        ARRIVAL = "arrival", "opened the first page"
        CONSENT = "consent", "agreed to take part"
        ASSIGNMENT = "assignment", "was assigned to a condition"
        PAGE = "page", "went on from a page"
        FINISH = "finish", "answered the last trial"
        TURNED_AWAY = "turned_away", "could not go on"

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
