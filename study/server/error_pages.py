"""What is shown where there is nothing, or where a request makes no sense.

Django's own views read the form that was sent, and break (500) where that is broken.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(
        "This request could not be understood; go back, reload the page and try again.",
        status=400,
        content_type="text/plain; charset=utf-8",
    )
