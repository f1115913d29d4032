"""Time limits that PostgreSQL sets on every connection."""

import pytest
from django.db import OperationalError, connection, connections
from django.db.backends.postgresql import base

from study.configuration.database import postgresql_options


def test_the_limits_are_asked_for_when_the_connection_is_made(monkeypatch):
    monkeypatch.setenv("DATABASE_STATEMENT_SECONDS", "7")
    monkeypatch.setenv("DATABASE_LOCK_SECONDS", "0")
    options = postgresql_options()["options"].split(" -c ")
    assert "-c statement_timeout=7s" in options
    assert not any("lock_timeout" in option for option in options)


def test_no_limits_leave_nothing_that_a_pooler_would_refuse(monkeypatch):
    for name in ("STATEMENT", "LOCK", "IDLE"):
        monkeypatch.setenv(f"DATABASE_{name}_SECONDS", "0")
    assert "options" not in postgresql_options()


def test_a_pooler_that_keeps_no_plans_is_asked_for_none(monkeypatch):
    monkeypatch.setenv("DATABASE_PREPARE_AFTER", "0")
    options = postgresql_options()
    assert (options["server_side_binding"], options["prepare_threshold"]) == (False, None)


@pytest.mark.django_db(transaction=True)
def test_a_query_that_is_asked_again_and_again_is_planned_once():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite prepares statements by itself.")
    for number in range(7):
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::int + 1", [number])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT $1::int + 1'"
        )
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_the_database_ends_a_statement_that_takes_too_long():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite knows no such limits.")
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("30s",)
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("10s",)
        cursor.execute("SET statement_timeout = '50ms'")
        try:
            with pytest.raises(OperationalError, match="statement timeout"):
                cursor.execute("SELECT pg_sleep(20)")
        finally:
            cursor.execute("SET statement_timeout = '30s'")


@pytest.mark.django_db(transaction=True)
def test_a_living_connection_is_known_without_a_query_and_a_dead_one_is_replaced(monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server that could end a connection.")
    connection.ensure_connection()
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", refuse)
    assert connection.is_usable()
    monkeypatch.undo()
    killed = connection.connection.info.backend_pid
    killer = connection.copy()
    with killer.cursor() as cursor:
        # With a timeout, it answers once the other process has ended.
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [killed])
    killer.close()
    assert not connection.is_usable()
    # As at the start of the next request.
    connections["default"].health_check_enabled = True  # type: ignore[attr-defined]
    connections["default"].health_check_done = False  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def refuse(*_):
    raise AssertionError("A query was sent.")
