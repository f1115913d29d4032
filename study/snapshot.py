"""Reads the database as it was at one moment, while people go on answering."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """Every query inside sees the same state; nobody who writes has to wait.

    Inside another transaction, that transaction's view is what is seen.
    """
    if connection.in_atomic_block:
        yield
        return
    with _deferred_on_sqlite(), transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def _deferred_on_sqlite() -> Iterator[None]:
    """Transactions of ours begin with the writer's lock; a reader must leave that to writers."""
    if connection.vendor != "sqlite":
        yield
        return
    # Only SQLite's connections have the attribute.
    sqlite: Any = connection
    sqlite.ensure_connection()
    mode = sqlite.transaction_mode
    sqlite.transaction_mode = "DEFERRED"
    try:
        yield
    finally:
        sqlite.transaction_mode = mode
