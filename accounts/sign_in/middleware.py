"""Ends old sessions and requires a second factor on every page of the console."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.sign_in.sessions import LAST_SEEN_AT, SIGNED_IN_AT

# The time of the last page is stored at most this often.
RESOLUTION_SECONDS = 60
# Pages that are open to users who have yet to set up the second factor.
ALLOWED_WITHOUT = ("accounts:second_factor", "accounts:logout")
Respond = Callable[[HttpRequest], HttpResponse]


class ConsoleMiddleware:
    """Acts on the console's pages only: participants have no sessions."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(reverse("console:home")):
            return self.respond(request)
        if SESSION_KEY not in request.session:
            return self.respond(request)
        reason = _reason_ended(request, int(time.time()))
        if reason:
            logout(request)
            messages.info(request, reason)
        elif _lacks_second_factor(request):
            return redirect("accounts:second_factor")
        return self.respond(request)


def _reason_ended(request: HttpRequest, now: int) -> str:
    """Return why the session has ended; else note the visit and return an empty text."""
    session = request.session
    last_seen_at = session.get(LAST_SEEN_AT, 0)
    if now - session.get(SIGNED_IN_AT, 0) >= settings.SESSION_HOURS * 3600:
        return f"You were signed out {settings.SESSION_HOURS} hours after signing in."
    if now - last_seen_at >= settings.SESSION_IDLE_MINUTES * 60:
        return (
            f"You were signed out after {settings.SESSION_IDLE_MINUTES} minutes without opening "
            "a page."
        )
    if _is_navigation(request) and now - last_seen_at >= RESOLUTION_SECONDS:
        session[LAST_SEEN_AT] = now
    return ""


def _is_navigation(request: HttpRequest) -> bool:
    """Whether a person opened a page, rather than a page updating itself.

    Browsers send the header over HTTPS and on this machine; without it, every request counts.
    """
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def _lacks_second_factor(request: HttpRequest) -> bool:
    if not settings.SECOND_FACTOR_REQUIRED or DEVICE_ID_SESSION_KEY in request.session:
        return False
    return request.path not in [reverse(name) for name in ALLOWED_WITHOUT]
