"""Answers requests for images before the middleware that only pages need."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import resolve

IMAGES = "/stimuli/"


class ImagesMiddleware:
    """Calls the view of an image at once: two of a participant's three requests are for images.

    They have no cookie, form or session, and everything after this middleware is about these.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(IMAGES):
            return self.respond(request)
        match = request.resolver_match = resolve(request.path_info)
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        return response
