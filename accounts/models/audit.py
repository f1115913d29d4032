"""The audit log: who changed what and when, and the seal on its end."""

import json
from typing import Any, ClassVar

from django.db import models

from accounts.models.actions import Action
from accounts.models.append_only import AppendOnlyModel


class AuditEntry(AppendOnlyModel):
    """One action of a researcher. Only accounts.audit.record writes entries.

    People and objects are stored by their names at that time, without foreign keys, so that later
    changes to them do not touch this row.
    """

    # From 1, without gaps.
    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    # A user's name, or a description with a space: "the command line".
    actor = models.CharField(max_length=150)
    actor_id = models.PositiveBigIntegerField(null=True, blank=True, db_index=True)
    action = models.CharField(max_length=60, db_index=True)
    # The kind of object ("survey", "user"), its key and its name.
    subject_kind = models.CharField(max_length=50)
    subject_id = models.CharField(max_length=50, blank=True)
    subject = models.CharField(max_length=200)
    # JSON exactly as hashed; a database's own JSON type may write numbers differently.
    details_json = models.TextField(default="{}")
    # Covers this entry and, through the previous digest, all earlier ones.
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = "entry of the audit log"
        verbose_name_plural = "entries of the audit log"
        ordering: ClassVar = ["-number"]
        indexes: ClassVar = [
            models.Index(fields=["subject_kind", "subject_id"], name="audit_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.actor} {self.action} {self.subject}"

    @property
    def label(self) -> str:
        """The action in words; its code if this version no longer knows it."""
        known = self.action in Action.values
        return Action(self.action).label if known else self.action

    @property
    def details(self) -> dict[str, Any]:
        details: dict[str, Any] = json.loads(self.details_json)
        return details

    @property
    def detail_lines(self) -> list[tuple[str, str]]:
        """Name and text of each detail. A template cannot use `details.items`: it may be a key."""
        return [(name, _in_words(value)) for name, value in self.details.items()]


def _in_words(value: Any) -> str:
    if not isinstance(value, dict) or not value:
        return str(value)
    return "; ".join(f"{key}: {text}" for key, text in value.items())


class AuditHead(models.Model):
    """The single row that records where the audit log ends, so that missing last entries show.

    Appending locks it, so entries are numbered and chained one at a time.
    """

    ONLY = 1

    count = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    seal = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.count} entries"
