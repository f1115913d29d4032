"""Stores a step of a participant's way once, however often and from wherever it is asked for."""

from typing import Any

from django.db.models import Model, QuerySet


def advance(waiting: "QuerySet[Any]", row: Model, **changes: Any) -> bool:
    """Store the changes if the row is still among those waiting for them; whether it was.

    The row in hand changes along with the stored one, so that what comes next is known without
    asking the database again. Where another request was first, neither changes.
    """
    if not waiting.update(**changes):
        return False
    for name, value in changes.items():
        setattr(row, name, value)
    return True
