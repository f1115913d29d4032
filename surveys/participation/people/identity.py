"""Who is asking: a random token in a signed cookie, and nothing about the person.

The cookie is set when the first page is opened; the database learns of the token only when its
holder agrees to take part.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from surveys.models import Participant

COOKIE = "participant"
KEEP_SECONDS = 90 * 24 * 3600
# The query parameter with which run_bots, and nobody else, marks its participants.
SIMULATED = "simulated"
# What the cookie holds only where there is something to hold.
OPTIONAL = ("language", "has_arrived", "has_declined", "panel_id", "study_id", "session_id")


@dataclass(frozen=True)
class Visit:
    """A browser that has opened the first page of a survey."""

    token: str
    arrived_at: datetime
    simulated: bool = False
    # Chosen on the first page; empty until then.
    language: str = ""
    # Whether they were counted: the page's script has run, or its form was sent.
    has_arrived: bool = False
    has_declined: bool = False
    # Who the visitor is to the panel that sent them; stored only if they agree to take part.
    panel_id: str = ""
    study_id: str = ""
    session_id: str = ""


def new_visit(simulated: bool) -> Visit:
    now = timezone.now()
    # To the millisecond, as it will be read back.
    arrived_at = now.replace(microsecond=now.microsecond // 1000 * 1000)
    return Visit(secrets.token_urlsafe(24), arrived_at, simulated)


def visit_of(participant: Participant, visit: Visit) -> Visit:
    """The visit of a participant who came back by the panel's link, which brought `visit`."""
    return replace(
        visit,
        token=participant.token,
        arrived_at=participant.arrived_at,
        simulated=participant.simulated,
        language=participant.language,
        has_arrived=True,
        has_declined=False,
    )


def read_visit(request: HttpRequest, slug: str) -> Visit | None:
    """The visit in the request's cookie; None without one, or with one that we did not sign."""
    return read_cookie(request.COOKIES.get(COOKIE, ""), slug)


def read_cookie(value: str, slug: str) -> Visit | None:
    try:
        stored: dict[str, Any] = signing.loads(value, salt=_salt(slug), max_age=KEEP_SECONDS)
        arrived_at = datetime.fromtimestamp(stored["arrived"] / 1000, tz=UTC)
        more = {name: stored[name] for name in OPTIONAL if name in stored}
        return Visit(stored["token"], arrived_at, stored["simulated"], **more)
    except signing.BadSignature:
        return None


def write_visit(response: HttpResponse, visit: Visit, slug: str) -> None:
    """Put the visit into a cookie that only the survey's own pages are sent."""
    stored = {
        "token": visit.token,
        "arrived": round(visit.arrived_at.timestamp() * 1000),
        "simulated": visit.simulated,
        **{name: getattr(visit, name) for name in OPTIONAL if getattr(visit, name)},
    }
    response.set_cookie(
        COOKIE,
        signing.dumps(stored, salt=_salt(slug)),
        max_age=KEEP_SECONDS,
        path=reverse("surveys:start", args=[slug]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_visit(response: HttpResponse, slug: str) -> None:
    """Make the browser forget who was here, so that somebody else can begin."""
    response.delete_cookie(COOKIE, path=reverse("surveys:start", args=[slug]), samesite="Lax")


def simulated_parameter(slug: str) -> str:
    """What run_bots adds to the address of the first page."""
    return signing.dumps("simulated", salt=_simulated_salt(slug))


def is_simulated(request: HttpRequest, slug: str) -> bool | None:
    """Whether a bot asks; None when the request says so, but without our signature."""
    given = request.GET.get(SIMULATED)
    if given is None:
        return False
    try:
        signing.loads(given, salt=_simulated_salt(slug), max_age=24 * 3600)
    except signing.BadSignature:
        return None
    return True


def _salt(slug: str) -> str:
    return f"surveys.participant.{slug}"


def _simulated_salt(slug: str) -> str:
    return f"surveys.simulated.{slug}"
