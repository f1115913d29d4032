"""Runs of simulated participants that the console started."""

from datetime import timedelta
from typing import ClassVar

from django.db import models

from study.runs.models import Run
from surveys.errors import SurveyError
from surveys.models.study import Survey


class BotRun(Run):
    """A number of bots that a worker sends through one survey, one after the other."""

    lease = timedelta(minutes=2)
    task = "surveys.tasks.advance_bot_run"
    advice = "Continue sends the bots that are left."
    known_errors = (SurveyError,)

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="bot_runs")
    participants = models.PositiveIntegerField()
    seed = models.PositiveBigIntegerField()
    policy = models.CharField(max_length=20)
    # How many bots have finished.
    done = models.PositiveIntegerField(default=0)
    by = models.CharField(max_length=150)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.participants} bots for {self.survey_id} ({self.status})"
