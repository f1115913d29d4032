"""Exports, runs of bots and checks before opening become runs, with the columns of study.runs."""

from typing import Any

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


def status() -> Any:
    return models.CharField(
        choices=[
            ("queued", "Waiting for a worker"),
            ("running", "Running"),
            ("finished", "Finished"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        default="queued",
        max_length=10,
    )


NEW: dict[str, Any] = {
    "status": status,
    "permille": lambda: models.PositiveSmallIntegerField(default=0),
    "message": lambda: models.CharField(blank=True, max_length=300),
    "error": lambda: models.TextField(blank=True),
    "claim": lambda: models.PositiveIntegerField(default=0),
    "claimed_at": lambda: models.DateTimeField(blank=True, null=True),
    "worker": lambda: models.CharField(blank=True, max_length=200),
    "sent_at": lambda: models.DateTimeField(blank=True, null=True),
}


def add(model: str, *names: str) -> list[Operation]:
    return [migrations.AddField(model, name, NEW[name]()) for name in names]


class Migration(migrations.Migration):
    dependencies = [("surveys", "0012_jobs")]

    operations = [
        *add("job", "message", "claimed_at", "sent_at"),
        migrations.AlterField("job", "status", status()),
        *add("botrun", "permille", "message", "worker", "sent_at"),
        migrations.AlterField("botrun", "status", status()),
        migrations.RenameField("preflightrun", "asked_at", "created_at"),
        migrations.AlterField(
            "preflightrun", "created_at", models.DateTimeField(auto_now_add=True)
        ),
        migrations.RenameField("preflightrun", "done_at", "finished_at"),
        *add("preflightrun", *NEW),
    ]
