"""Who takes part, where they stand, and what happened to them."""

from typing import Any, ClassVar

from django.db import models
from django.utils.functional import cached_property

from surveys.models.study import Condition, Survey
from surveys.protocol.schema import Protocol


class Participant(models.Model):
    """One person, or one bot, who agreed to take part.

    A participant who withdraws leaves a tombstone: this row, without anything they answered.
    """

    class TurnedAway(models.TextChoices):
        SCREENED_OUT = "screened_out", "did not pass the comprehension check"
        FULL = "full", "came when all places were taken"

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="participants")
    # The protocol as this participant began with it, whatever became of the survey's since.
    version = models.ForeignKey(
        "ProtocolVersion",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="participants",
    )
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
    # Completed pages of the steps that have no column of their own, by the steps' names.
    progress = models.JSONField(default=dict, blank=True)
    # What the protocol asks of the device: picture width, pixel ratio, kind of input, plates read;
    # and of what checks the participant: answers to visual checks, counts of pages' events.
    device = models.JSONField(default=dict, blank=True)
    arrived_at = models.DateTimeField()
    consented_at = models.DateTimeField()
    understood_at = models.DateTimeField(null=True, blank=True)
    assigned_at = models.DateTimeField(null=True, blank=True)
    introduced_at = models.DateTimeField(null=True, blank=True)
    last_active_at = models.DateTimeField()
    # When the last trial was answered.
    finished_at = models.DateTimeField(null=True, blank=True)
    debriefed_at = models.DateTimeField(null=True, blank=True)
    # When the participant left before the end, by their own wish, and let their answers be kept.
    stopped_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    # Never stored. Who the participant is to the panel, as their browser says.
    panel_id: str = ""
    # Of a participant who is never saved, as in a preview: the trials that would be stored.
    rehearsed_trials: "list[Any] | None" = None
    # In a study in blocks: the questions around which the participant stands, once looked up.
    standing: "Any | None" = None

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

    @property
    def group(self) -> str:
        """The name of what the participant is assigned to; empty before that."""
        return self.condition.name if self.condition else ""

    @cached_property
    def protocol(self) -> Protocol:
        """The protocol that this participant is given, from the first page to the last."""
        if self.version_id == self.survey.version_id or self.version is None:
            return self.survey.protocol
        return self.version.protocol


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
        STOP = "stop", "stopped before the end"

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
