"""The pages for 404 and 400.

Django's own views read the submitted form and fail with 500 if it is malformed.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(
        "The server could not read this request; go back, reload the page and try again.",
        status=400,
        content_type="text/plain; charset=utf-8",
    )
