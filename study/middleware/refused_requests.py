"""Refuses requests that no page of ours makes, before they are read."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port

# Paths of one side only. Images, style sheets and /healthz are on both.
OF_THE_CONSOLE = ("/console/", "/docs/")
OF_THE_STUDIES = ("/s/",)


class RefusedRequestsMiddleware:
    """Refuses large bodies, NUL characters in paths, and pages under the wrong host name."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_: object
    ) -> HttpResponse | None:
        """Decide before anything reads the body: Django calls this once the view is known."""
        # PostgreSQL refuses NUL characters. Query strings and forms are checked when read.
        if "\0" in request.path_info or (settings.CONSOLE_HOST and _is_elsewhere(request)):
            raise Http404
        limit = _largest(request, view)
        # Django reads a body of unknown length (chunked) as empty, so the header is enough.
        if _stated_length(request) <= limit:
            return None
        return HttpResponse(
            f"The request is too large; the limit is {limit / 1_000_000:g} MB.",
            status=413,
            content_type="text/plain; charset=utf-8",
        )


def _largest(request: HttpRequest, view: Callable[..., Any]) -> int:
    """Return how many bytes the request may have: more where files are sent by the team."""
    usual: int = settings.LARGEST_REQUEST_BYTES
    of_files = getattr(view, "largest_upload", 0)
    return max(usual, of_files) if of_files and request.user.is_authenticated else usual


def _stated_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _is_elsewhere(request: HttpRequest) -> bool:
    """Whether the page is on the other host name: CONSOLE_HOST separates console and studies."""
    elsewhere = OF_THE_STUDIES if _is_console_host(request) else OF_THE_CONSOLE
    return request.path_info.startswith(elsewhere) or (
        request.path_info == "/" and elsewhere == OF_THE_CONSOLE
    )


def _is_console_host(request: HttpRequest) -> bool:
    try:
        name, _ = split_domain_port(request.get_host())
    except DisallowedHost:
        return False
    return name == settings.CONSOLE_HOST
