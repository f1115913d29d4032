"""Begins sessions, and ends all sessions of a user."""

import time

from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase

from accounts.models import Session

# Seconds since 1970, in the session's data.
SIGNED_IN_AT = "signed_in_at"
LAST_SEEN_AT = "last_seen_at"


def begin_session(session: SessionBase) -> None:
    session[SIGNED_IN_AT] = session[LAST_SEEN_AT] = int(time.time())


def end_sessions(user: User, but: str | None = None) -> int:
    """End the user's sessions except the one with key `but`; return how many ended."""
    sessions = Session.objects.filter(user=user).exclude(session_key=but or "")
    ended, _ = sessions.delete()
    return ended
