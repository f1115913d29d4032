"""Items of the stimulus set that a study does not ask about."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from pv_engine.models import Item
from surveys.models.study import Survey


class ItemDrop(models.Model):
    """An item that was dropped from a study before it opened: why, by whom, when.

    Rows come and go until the study is opened for the first time, and stay from then on.
    """

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="item_drops")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="drops")
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # As the person was called then; it stays when the account is gone.
    by_name = models.CharField(max_length=300)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["survey", "item__position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "item"], name="item_dropped_once_a_survey"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} without {self.item_id}"
