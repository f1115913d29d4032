"""Pilots of a study: start one, end one, see who took it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import SignedInRequest
from surveys.console.access import for_role
from surveys.errors import SurveyError
from surveys.models import Survey
from surveys.monitoring.progress import find_progress
from surveys.studies.lifecycle.pilots import start_pilot
from surveys.studies.lifecycle.publishing import close_survey


@for_role("viewer")
@require_http_methods(["GET", "HEAD", "POST"])
def pilots(request: SignedInRequest, survey: Survey) -> HttpResponse:
    if request.method == "POST":
        return _change(request, survey)
    found = list(survey.pilots.defer("protocol_toml").order_by("-pilot_number"))
    context = {"survey": survey, "pilots": find_progress(found)}
    return render(request, "console/pilots.html", context)


def _change(request: SignedInRequest, study: Survey) -> HttpResponse:
    """Start a pilot, or end the one that the pressed button names."""
    ending = request.POST.get("end")
    if ending:
        if close_survey(get_object_or_404(study.pilots, slug=ending), request.user):
            messages.success(request, f"The pilot {ending} has ended. Its data stay separate.")
        return redirect("console:pilots", study.slug)
    try:
        pilot = start_pilot(study, request.user)
    except SurveyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"The pilot {pilot.slug} is open. Take it yourself or run bots.")
    return redirect("console:pilots", study.slug)
