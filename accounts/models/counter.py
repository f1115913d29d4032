"""How often something was done lately, for limits that hold for all processes together."""

from django.db import models


class Counter(models.Model):
    """Counts one kind of request from one place during one window of time.

    The key is a keyed hash whose key changes every day, so that no address is stored and nothing
    ties one day's rows to the next day's. Rows that are over are removed by the next window.
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=1)
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} until {self.ends_at}"
