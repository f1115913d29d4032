"""Stores a change once, however often and from wherever it is asked for."""

from typing import Any

from django.db.models import Model, QuerySet


def update_once(waiting: "QuerySet[Any]", row: Model, **changes: Any) -> bool:
    """Store the changes if the row is still among those waiting for them; return whether it was.

    The given row changes along with the stored one, so that the next page is known without another
    query. Where another request was first, neither changes.
    """
    if not waiting.update(**changes):
        return False
    for name, value in changes.items():
        setattr(row, name, value)
    return True
