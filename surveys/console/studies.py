"""The researcher's pages: what surveys there are, how far they got, open and close."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from surveys.models import Survey
from surveys.progress import find_progress
from surveys.publishing import close_survey, open_survey


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    surveys = list(Survey.objects.select_related("stimulus_set"))
    return render(request, "console/home.html", {"rows": find_progress(surveys)})


@login_required
@require_safe
def survey(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Survey.objects.select_related("stimulus_set"), slug=slug)
    (progress,) = find_progress([found])
    return render(request, "console/survey.html", {"survey": found, "progress": progress})


@login_required
@require_POST
def change_status(request: HttpRequest, slug: str) -> HttpResponse:
    """Open or close, as the pressed button says."""
    found = get_object_or_404(Survey, slug=slug)
    wanted = request.POST.get("status")
    if wanted == Survey.Status.OPEN and open_survey(found):
        messages.success(request, "The survey is open. Anyone with its link can take part now.")
    elif wanted == Survey.Status.CLOSED and close_survey(found):
        messages.success(request, "The survey is closed. It takes no more answers.")
    else:
        messages.warning(request, f"Nothing was changed: the survey is {found.status}.")
    return redirect("console:survey", slug)
