"""What a participant is shown, and what they answer."""

from typing import ClassVar

from django.db import models

from pv_engine.models import Item
from surveys.models.participants import Participant


class TimedBy(models.TextChoices):
    """How the page knew when its images were painted."""

    ELEMENT = "element", "the browser said when it painted each image"
    FRAMES = "frames", "the second frame after the images were decoded"
    IMPOSSIBLE = "impossible", "times were sent that cannot be true, and were left out"


class Trial(models.Model):
    """One question as one participant is shown it."""

    class Kind(models.TextChoices):
        MAIN = "main", "question of the study"
        ATTENTION = "attention", "attention check"
        REPEAT = "repeat", "question asked again"
        EXAMPLE = "example", "question about an example"

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="trials")
    # From 1, in the participant's own order.
    position = models.PositiveSmallIntegerField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="trials")
    # Class names and "cant_tell", in the order in which they are shown.
    options = models.JSONField()
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.MAIN)
    # Of an attention check: the option that the page asks for.
    expected = models.CharField(max_length=100, blank=True)
    # What is shown beside the image, by its name; empty: what the participant's group is called.
    condition = models.CharField(max_length=50, blank=True, default="", db_default="")
    # The block that the trial belongs to; empty in studies without blocks.
    block = models.CharField(max_length=50, blank=True, default="", db_default="")
    # When the page was first sent.
    shown_at = models.DateTimeField(null=True, blank=True)
    # How often it was sent until it was answered, in two-step trials the second step; empty for
    # trials first sent before this was counted.
    times_shown = models.PositiveIntegerField(null=True, blank=True)
    # Of two-step trials: the answer given from the image alone.
    first_option = models.CharField(max_length=100, blank=True)
    first_answered_at = models.DateTimeField(null=True, blank=True)
    first_response_time_ms = models.PositiveIntegerField(null=True, blank=True)
    first_hidden_time_ms = models.PositiveIntegerField(null=True, blank=True)
    first_chosen_ms = models.PositiveIntegerField(null=True, blank=True)
    first_n_changes = models.PositiveIntegerField(null=True, blank=True)
    first_timed_by = models.CharField(
        max_length=10, choices=TimedBy, blank=True, default="", db_default=""
    )
    first_images_failed = models.PositiveSmallIntegerField(null=True, blank=True)
    first_times_shown = models.PositiveIntegerField(null=True, blank=True)

    # Never stored. In a preview, what was answered.
    rehearsed_option: str = ""

    class Meta:
        ordering: ClassVar = ["participant", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["participant", "position"], name="position_once_a_participant"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id} trial {self.position}"

    def shown_to(self, participant: Participant) -> str:
        """Return the condition that the trial shows to its participant; empty before there is one.

        The one rule of what a trial shows. The participant is given, as looking them up is a query.
        """
        return self.condition or participant.group


class Response(models.Model):
    """The one answer to a trial."""

    trial = models.OneToOneField(Trial, on_delete=models.CASCADE, related_name="response")
    # One of the trial's options.
    option = models.CharField(max_length=100)
    # Where the option stood among those shown, from 1.
    position = models.PositiveSmallIntegerField()
    answered_at = models.DateTimeField()
    # From the first paint of both images to Continue; this and what follows, but for the
    # confidence, is measured by the page and empty without JavaScript.
    response_time_ms = models.PositiveIntegerField(null=True, blank=True)
    # The part of it during which the page was hidden behind another tab or window.
    hidden_time_ms = models.PositiveIntegerField(null=True, blank=True)
    # From the first paint of both images to the last choice of an option.
    chosen_ms = models.PositiveIntegerField(null=True, blank=True)
    # How often another option was chosen instead.
    n_changes = models.PositiveIntegerField(null=True, blank=True)
    timed_by = models.CharField(
        max_length=10, choices=TimedBy, blank=True, default="", db_default=""
    )
    # How many of the page's images had not been loaded.
    images_failed = models.PositiveSmallIntegerField(null=True, blank=True)
    # From 1, not sure at all, to 5, completely sure, where the protocol asks for it.
    confidence = models.PositiveSmallIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.trial_id}: {self.option}"
