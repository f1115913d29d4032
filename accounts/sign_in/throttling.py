"""Stops password guessing. django-axes counts failures in the database.

By default, five failures for one account from one address lock that account for that address, and
fifty failures from one address lock it for every account. Nobody can lock another person out
from elsewhere.
"""

from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localtime

Credentials = dict[str, Any] | None


class Throttle(AxesDatabaseHandler):  # type: ignore[misc] # axes has no types
    """Locks an account for an address, as axes does, and an address that tries many accounts."""

    def is_locked(self, request: HttpRequest, credentials: Credentials = None) -> bool:
        return bool(super().is_locked(request, credentials)) or self._is_address_locked(request)

    def _is_address_locked(self, request: HttpRequest) -> bool:
        failures = _attempts_from(request).aggregate(n=Sum("failures_since_start"))["n"] or 0
        return bool(failures >= settings.LOGIN_FAILURES_PER_ADDRESS)


def _attempts_from(request: HttpRequest) -> Any:
    AxesProxyHandler.update_request(request)
    return AccessAttempt.objects.filter(
        ip_address=request.axes_ip_address,  # type: ignore[attr-defined]
        attempt_time__gte=get_cool_off_threshold(request),
    )


def was_only_refused(request: HttpRequest) -> bool:
    """Return whether the account was locked already, so that no password was checked."""
    is_locked = getattr(request, "axes_locked_out", False)
    return is_locked and getattr(request, "axes_failures_since_start", None) is None


def refuse_sign_in(
    request: HttpRequest, response: HttpResponse | None, credentials: Credentials
) -> HttpResponse:
    """Render the page for a locked-out client: when to try again, and what else helps."""
    latest = _attempts_from(request).aggregate(at=Max("attempt_time"))["at"] or timezone.now()
    context = {"until": localtime(latest + get_cool_off(request)), "now": timezone.now()}
    return render(request, "accounts/locked_out.html", context, status=429)
