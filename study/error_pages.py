"""What is shown where there is nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's own view reads the form that was sent, and breaks where that is broken."""
    return render(request, "404.html", status=404)
