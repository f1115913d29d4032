"""What holds on every page of the console: sessions end, and a second factor may be required."""

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

# The time of the last page is written no more often than this.
RESOLUTION_SECONDS = 60
# What somebody who must yet set up the second factor can do.
ALLOWED_WITHOUT = ("accounts:second_factor", "accounts:logout")
Respond = Callable[[HttpRequest], HttpResponse]


class ConsoleMiddleware:
    """Looks at the console's pages only: participants have no sessions, and need no question."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(reverse("console:home")):
            return self.respond(request)
        if SESSION_KEY not in request.session:
            return self.respond(request)
        reason = _why_over(request, int(time.time()))
        if reason:
            logout(request)
            messages.info(request, reason)
        elif _lacks_second_factor(request):
            return redirect("accounts:second_factor")
        return self.respond(request)


def _why_over(request: HttpRequest, now: int) -> str:
    """Why the session has ended, in a sentence; empty while it goes on, which is noted."""
    session = request.session
    last_seen_at = session.get(LAST_SEEN_AT, 0)
    if now - session.get(SIGNED_IN_AT, 0) >= settings.SESSION_HOURS * 3600:
        return f"You were signed out, since you signed in {settings.SESSION_HOURS} hours ago."
    if now - last_seen_at >= settings.SESSION_IDLE_MINUTES * 60:
        return (
            f"You were signed out, since you opened no page for {settings.SESSION_IDLE_MINUTES} "
            "minutes."
        )
    if _is_by_hand(request) and now - last_seen_at >= RESOLUTION_SECONDS:
        session[LAST_SEEN_AT] = now
    return ""


def _is_by_hand(request: HttpRequest) -> bool:
    """Whether somebody opened a page, rather than a page that updates itself.

    Browsers say so over HTTPS and on this machine; where they do not, every request counts.
    """
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def _lacks_second_factor(request: HttpRequest) -> bool:
    if not settings.SECOND_FACTOR_REQUIRED or DEVICE_ID_SESSION_KEY in request.session:
        return False
    return request.path not in [reverse(name) for name in ALLOWED_WITHOUT]
