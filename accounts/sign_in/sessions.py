"""The session engine: Django's sessions in the database, each with the user that it belongs to."""

import time
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from accounts.models import Session

# Seconds since 1970, in the session's data.
SIGNED_IN_AT = "signed_in_at"
LAST_SEEN_AT = "last_seen_at"


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = super().create_model_instance(data)
        assert isinstance(row, Session)  # noqa: S101 - tells mypy
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return row


def begin_session(session: SessionBase) -> None:
    session[SIGNED_IN_AT] = session[LAST_SEEN_AT] = int(time.time())


def end_sessions(user: User, but: str | None = None) -> int:
    """Sign the user out everywhere but in the session of that key; how many sessions ended."""
    sessions = Session.objects.filter(user=user).exclude(session_key=but or "")
    ended, _ = sessions.delete()
    return ended
