"""Counts for rate limits that all processes share."""

from django.db import models


class Counter(models.Model):
    """The number of requests of one kind from one client in one time window.

    `key` is an HMAC whose own key changes daily, so no address is stored and the rows of two days
    cannot be linked. The next window removes expired rows.
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=1)
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} until {self.ends_at}"
