"""Refuses what no page of ours asks for, before any of it is read or looked up."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port

# What each side has to itself. Images, style sheets and /healthz are on both.
OF_THE_CONSOLE = ("/console/",)
OF_THE_STUDIES = ("/s/",)


class RefusedRequestsMiddleware:
    """Too large a body, an address with a NUL character, a page under the other side's name."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Django reads a body of unknown length (chunked) as empty, so the header is enough.
        if _stated_length(request) <= settings.LARGEST_REQUEST_BYTES:
            return self.respond(request)
        megabytes = settings.LARGEST_REQUEST_BYTES / 1_000_000
        return HttpResponse(
            f"What was sent is too large; at most {megabytes:g} MB can be sent at once.",
            status=413,
            content_type="text/plain; charset=utf-8",
        )

    def process_view(self, request: HttpRequest, *_: object) -> None:
        # PostgreSQL takes no NUL character. Queries and forms are checked where they are read.
        if "\0" in request.path_info or (settings.CONSOLE_HOST and _is_elsewhere(request)):
            raise Http404


def _stated_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _is_elsewhere(request: HttpRequest) -> bool:
    """Whether the page exists only under the other side's name, which CONSOLE_HOST sets apart."""
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
