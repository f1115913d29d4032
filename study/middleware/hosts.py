"""Keeps the researchers' console and the participants' pages on names of their own, if wished."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port

Respond = Callable[[HttpRequest], HttpResponse]
# What each side has to itself. Images, style sheets and /healthz are on both.
OF_THE_CONSOLE = ("/console/",)
OF_THE_STUDIES = ("/s/",)


class HostsMiddleware:
    """With CONSOLE_HOST, each side's pages do not exist under the other side's name."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_view(self, request: HttpRequest, *_: object) -> None:
        if not settings.CONSOLE_HOST:
            return
        elsewhere = OF_THE_STUDIES if _is_console_host(request) else OF_THE_CONSOLE
        if request.path_info.startswith(elsewhere) or (
            request.path_info == "/" and elsewhere == OF_THE_CONSOLE
        ):
            raise Http404


def _is_console_host(request: HttpRequest) -> bool:
    try:
        name, _ = split_domain_port(request.get_host())
    except DisallowedHost:
        return False
    return name == settings.CONSOLE_HOST
