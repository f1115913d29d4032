"""Rate limits: how often one client may do something, and how long it must wait then."""

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address
from typing import Any, TypeVar, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accounts.limits.addresses import client_address
from accounts.limits.counting import count

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
MINUTE, HOUR, DAY = 60, 3600, 86_400


def seconds_until_entry(request: HttpRequest) -> int:
    """Count an entry to a study; return 0, or the seconds to wait if its address made too many.

    The address is not stored. This machine's own address never waits: behind a proxy without
    PROXY_COUNT, every participant has it.
    """
    address = client_address(request)
    if not settings.ENTRIES_PER_MINUTE or address is None or ip_address(address).is_loopback:
        return 0
    return _seconds_to_wait("entry", address, settings.ENTRIES_PER_MINUTE, MINUTE)


def limit_uploads(view: View) -> View:
    """Limit a form's uploads to UPLOADS_PER_HOUR from each account."""

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and settings.UPLOADS_PER_HOUR:
            wait = _seconds_to_wait("upload", str(request.user.pk), settings.UPLOADS_PER_HOUR, HOUR)
            if wait:
                context = {"minutes": max(1, round(wait / MINUTE))}
                response = render(request, "accounts/too_many_uploads.html", context, status=429)
                response["Retry-After"] = str(wait)
                return response
        return view(request, *args, **kwargs)

    return cast(View, limited)


def accept_uploads(most_bytes: int) -> Callable[[View], View]:
    """Let those who are signed in send the view more than LARGEST_REQUEST_BYTES."""

    def marked(view: View) -> View:
        view.largest_upload = most_bytes  # type: ignore[attr-defined] # read by the middleware
        return view

    return marked


def is_first_today(kind: str, who: str) -> bool:
    """Whether nothing of the kind has come from there since midnight UTC."""
    return count(kind, who, DAY)[0] == 1


def _seconds_to_wait(kind: str, who: str, most: int, seconds: int) -> int:
    n, ends_at = count(kind, who, seconds)
    return 0 if n <= most else max(1, round((ends_at - timezone.now()).total_seconds()))
