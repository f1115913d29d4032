"""Options of each connection to PostgreSQL."""

from typing import Any

from study.configuration import env


def postgresql_options() -> dict[str, Any]:
    """Return the options of a connection, with time limits that the server enforces; 0: no limit.

    A statement that takes more than half a minute, or waits ten seconds for a lock, is stuck;
    failing frees its connection. A transaction that is idle for minutes blocks others for nothing.
    """
    limits = {
        "statement_timeout": env.read_int("DATABASE_STATEMENT_SECONDS", 30),
        "lock_timeout": env.read_int("DATABASE_LOCK_SECONDS", 10),
        "idle_in_transaction_session_timeout": env.read_int("DATABASE_IDLE_SECONDS", 600),
    }
    # A page's few queries are always the same, so PostgreSQL plans each once per connection.
    prepare_after = env.read_int("DATABASE_PREPARE_AFTER", 5)
    chosen = " ".join(f"-c {name}={seconds}s" for name, seconds in limits.items() if seconds)
    return {
        # Fail when the server does not answer, instead of hanging.
        "connect_timeout": 5,
        "application_name": "foresee",
        "server_side_binding": prepare_after > 0,
        "prepare_threshold": prepare_after or None,
        **({"options": chosen} if chosen else {}),
    }
