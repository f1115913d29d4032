"""Runs of simulated participants that the console started."""

from typing import ClassVar

from django.db import models

from surveys.models.study import Survey


class BotRun(models.Model):
    """So many bots for one survey, let in one after the other by a worker."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting for a worker"
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        STOPPED = "stopped", "Stopped"
        FAILED = "failed", "Failed"

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="bot_runs")
    participants = models.PositiveIntegerField()
    seed = models.PositiveBigIntegerField()
    policy = models.CharField(max_length=20)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    # How many bots are through.
    done = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    # Counts claims: bots are let in only by the holder of the latest one.
    claim = models.PositiveIntegerField(default=0)
    # The holder's last sign of life; empty between two segments.
    claimed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=150)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.participants} bots for {self.survey_id} ({self.status})"

    @property
    def is_active(self) -> bool:
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)
