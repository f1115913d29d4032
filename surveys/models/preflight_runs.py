"""The checks before opening that take too long for a page, each time they were run."""

from datetime import timedelta
from typing import ClassVar

from django.db import models

from study.runs.models import Run
from surveys.errors import SurveyError
from surveys.models.study import Survey


class PreflightRun(Run):
    """Asked for in the console, done by a worker; that it is done shows that a worker is there."""

    lease = timedelta(minutes=10)
    task = "surveys.tasks.run_preflight"
    advice = "Run the checks again."
    known_errors = (SurveyError,)

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="preflight_runs")
    # What was checked; a later protocol has to be checked again.
    protocol_sha256 = models.CharField(max_length=64)
    # In words: what gives participants more than it should. Empty when nothing does.
    leaks = models.JSONField(default=list, blank=True)
    n_pages = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"checks of {self.survey_id}"
