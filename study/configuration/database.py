"""What settings ask of PostgreSQL for each connection."""

from typing import Any

from study.configuration import env


def postgresql_options() -> dict[str, Any]:
    """Time limits that the server holds, in the form that libpq passes on. 0 leaves one out.

    A statement that takes longer than half a minute, or waits ten seconds for a lock, hangs:
    failing frees its connection for others. A transaction that does nothing for minutes holds
    locks for somebody who is gone.
    """
    limits = {
        "statement_timeout": env.read_int("DATABASE_STATEMENT_SECONDS", 30),
        "lock_timeout": env.read_int("DATABASE_LOCK_SECONDS", 10),
        "idle_in_transaction_session_timeout": env.read_int("DATABASE_IDLE_SECONDS", 600),
    }
    # A page's few queries are always the same, and PostgreSQL plans each once a connection.
    prepare_after = env.read_int("DATABASE_PREPARE_AFTER", 5)
    chosen = " ".join(f"-c {name}={seconds}s" for name, seconds in limits.items() if seconds)
    return {
        # A server that does not answer is noticed, instead of hanging with the request.
        "connect_timeout": 5,
        "application_name": "foresee",
        "server_side_binding": prepare_after > 0,
        "prepare_threshold": prepare_after or None,
        **({"options": chosen} if chosen else {}),
    }
