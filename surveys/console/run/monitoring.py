"""The live page of a study; it asks for itself again, so that nobody need reload."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from surveys.console.access import for_role
from surveys.models import Survey
from surveys.monitoring.live import find_monitor


@for_role("viewer")
@never_cache
@require_safe
def live(request: SignedInRequest, survey: Survey) -> HttpResponse:
    """The whole page; its script takes the part that changes out of the same answer."""
    monitor = find_monitor(survey, timezone.now())
    return render(request, "console/live.html", {"survey": survey, "monitor": monitor})
