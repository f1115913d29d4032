"""The ledger of assignments: rows are added and never changed."""

from typing import ClassVar

from django.db import models

from accounts.models import AppendOnlyModel
from surveys.models.study import Condition, Survey


class Assignment(AppendOnlyModel):
    """A line of the ledger: which condition the participant of a number got, and on what ground.

    Rows are added and never changed or removed, also when a participant withdraws.
    """

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="ledger")
    number = models.PositiveIntegerField()
    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="ledger")
    # 1-based position within the condition.
    place = models.PositiveIntegerField()
    # Of least_filled: how many places of each condition were taken at that moment, in the
    # protocol's order. The other modes follow from seed and number alone.
    taken = models.JSONField(default=list, blank=True)
    # Of a study that follows another: the number of the same person there, whose group they keep.
    followed = models.PositiveIntegerField(null=True, blank=True)
    # Of a study that draws the items shown least: the blocks, each with its items, and how often
    # each item had been shown, in the set's order, by what is counted.
    drawn = models.JSONField(default=list, blank=True)
    exposure = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "line of the ledger"
        verbose_name_plural = "lines of the ledger"
        ordering: ClassVar = ["survey", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "number"], name="assigned_once_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} no. {self.number}: {self.condition_id}"
