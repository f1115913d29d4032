"""Refuses requests that no page of ours makes, before they are read."""

from collections.abc import Callable

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
        # Django reads a body of unknown length (chunked) as empty, so the header is enough.
        if _stated_length(request) <= settings.LARGEST_REQUEST_BYTES:
            return self.respond(request)
        megabytes = settings.LARGEST_REQUEST_BYTES / 1_000_000
        return HttpResponse(
            f"The request is too large; the limit is {megabytes:g} MB.",
            status=413,
            content_type="text/plain; charset=utf-8",
        )

    def process_view(self, request: HttpRequest, *_: object) -> None:
        # PostgreSQL refuses NUL characters. Query strings and forms are checked when read.
        if "\0" in request.path_info or (settings.CONSOLE_HOST and _is_elsewhere(request)):
            raise Http404


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
