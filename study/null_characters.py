"""Answers 404 where an address holds a NUL character: none of ours does, and PostgreSQL takes none.

Forms need no such guard: Django's refuse the character, and the others read no free text into a
query.
"""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse


class NullCharactersMiddleware:
    """Looks at the path and at the query, where the character stands encoded."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_view(self, request: HttpRequest, *_: object) -> None:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404
