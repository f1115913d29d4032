"""Refuses a request that says it is larger than any form of ours, before any of it is read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class RequestSizeMiddleware:
    """A body of unsaid length (chunked) is read as empty by Django, so the header is enough."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _said_length(request) <= settings.LARGEST_REQUEST_BYTES:
            return self.respond(request)
        megabytes = settings.LARGEST_REQUEST_BYTES / 1_000_000
        return HttpResponse(
            f"What was sent is too large; at most {megabytes:g} MB can be sent at once.",
            status=413,
            content_type="text/plain; charset=utf-8",
        )


def _said_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
