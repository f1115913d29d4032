"""The checks before opening, what to do about each, and the button that opens."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import SignedInRequest
from surveys.checks import preflight_runs
from surveys.checks.point import State
from surveys.checks.preflight import preflight
from surveys.console.access import for_role
from surveys.models import Survey


@for_role("viewer")
@require_http_methods(["GET", "HEAD", "POST"])
def checks(request: SignedInRequest, survey: Survey) -> HttpResponse:
    if request.method == "POST":
        preflight_runs.ask(survey)
        messages.info(request, "Started. This page updates itself until it has finished.")
        return redirect("console:preflight", survey.slug)
    sections = preflight(survey)
    points = [point for _, rows in sections for point in rows]
    context = {
        "survey": survey,
        "run": survey.preflight_runs.first(),
        "sections": sections,
        "n_points": len(points),
        "n_met": sum(point.state == State.MET for point in points),
        "n_open": sum(point.state != State.MET for point in points),
    }
    return render(request, "console/preflight.html", context)
