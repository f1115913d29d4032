"""Holds a part of the code to reading: what it would write to the database is refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


class WroteAnyway(RuntimeError):
    """Code that promised to store nothing tried to."""


@contextmanager
def read_only() -> Iterator[None]:
    """Within it, any statement but a SELECT raises WroteAnyway before it reaches the database."""
    with connection.execute_wrapper(_refuse_writing):
        yield


def _refuse_writing(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    if not sql.lstrip().upper().startswith("SELECT"):
        raise WroteAnyway(f"A preview would have written to the database: {sql[:200]}")
    return execute(sql, params, many, context)
