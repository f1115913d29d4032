"""Sample sizes that were asked for in the console: what was assumed, and the power that follows."""

from datetime import timedelta
from typing import ClassVar

from django.db import models

from study.runs.models import Run
from surveys.errors import SurveyError
from surveys.models.study import Survey


class PowerRun(Run):
    """One simulation of studies of growing size, done by a worker."""

    lease = timedelta(minutes=10)
    task = "surveys.tasks.simulate_power"
    advice = "Compute it again."
    known_errors = (SurveyError,)

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="power_runs")
    # The options of plan_sample by name.
    assumptions = models.JSONField()
    # Rows of n_per_condition, power, ci_low and ci_high; empty until it is finished.
    curve = models.JSONField(default=list, blank=True)
    # Empty where no simulated size reaches the wanted power.
    n_finished = models.PositiveIntegerField(null=True, blank=True)
    n_recruited = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"sample size of {self.survey_id}"
