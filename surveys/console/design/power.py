"""How many participants a study needs: what is assumed, and the power that follows."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import SignedInRequest
from surveys.console.access import for_role
from surveys.errors import JobError
from surveys.jobs.power_runs import FIELDS, ask_power, read_assumptions
from surveys.models import Survey
from surveys.monitoring.charts import power_chart


@for_role("viewer")
@require_http_methods(["GET", "HEAD", "POST"])
def power(request: SignedInRequest, survey: Survey) -> HttpResponse:
    if request.method == "POST":
        try:
            ask_power(survey, read_assumptions(request.POST))
            messages.info(request, "Started. This page updates itself until it has finished.")
        except JobError as error:
            messages.error(request, str(error))
        return redirect("console:power", survey.slug)
    run = survey.power_runs.first()
    given = run.assumptions if run else {}
    context = {
        "survey": survey,
        "run": run,
        "fields": [(field, given.get(field.name, field.default)) for field in FIELDS],
        "chart": power_chart(run.curve, given["power"] / 100) if run and run.curve else None,
        "wanted": given.get("power"),
    }
    return render(request, "console/power.html", context)
