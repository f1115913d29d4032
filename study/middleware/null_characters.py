"""Answers 404 where an address holds a NUL character: PostgreSQL takes none, no page has one."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse


class NullCharactersMiddleware:
    """Looks at the path alone: whoever reads queries and forms looks at what is in them."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_view(self, request: HttpRequest, *_: object) -> None:
        if "\0" in request.path_info:
            raise Http404
