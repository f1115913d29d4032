"""Keeps one place from filling a study with visitors; classrooms behind one address fit in."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

from accounts.limits.rules import seconds_until_entry
from surveys.models import Survey
from surveys.participation import messages
from surveys.participation.access import refuse
from surveys.participation.identity import read_visit


def limit_entries(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Counts what makes a visitor or a participant: whoever only comes back is never counted."""

    @wraps(view)
    def limited(request: HttpRequest, slug: str) -> HttpResponse:
        if request.method == "POST" or read_visit(request, slug) is None:
            wait = seconds_until_entry(request)
            if wait:
                survey = Survey.objects.filter(slug=slug).first()
                response = refuse(request, survey, messages.TOO_MANY_AT_ONCE)
                response["Retry-After"] = str(wait)
                return response
        return view(request, slug)

    return limited
