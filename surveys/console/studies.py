"""The researcher's pages: what surveys there are, how far they got, open and close."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest, signed_in
from surveys.console.access import for_role
from surveys.membership import role_of, surveys_of
from surveys.models import Role, Survey
from surveys.progress import find_progress
from surveys.publishing import close_survey, open_survey


@signed_in
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    surveys = list(surveys_of(request.user).select_related("stimulus_set"))
    return render(request, "console/home.html", {"rows": find_progress(surveys)})


@for_role("viewer")
@require_safe
def survey(request: SignedInRequest, survey: Survey) -> HttpResponse:
    (progress,) = find_progress([survey])
    role = role_of(request.user, survey) or Role.VIEWER
    context = {
        "survey": survey,
        "progress": progress,
        "may_edit": role.includes(Role.EDITOR),
        "is_owner": role == Role.OWNER,
    }
    return render(request, "console/survey.html", context)


@for_role("editor")
@require_POST
def change_status(request: SignedInRequest, survey: Survey) -> HttpResponse:
    """Open or close, as the pressed button says."""
    wanted = request.POST.get("status")
    if wanted == Survey.Status.OPEN and open_survey(survey, request.user):
        messages.success(request, "The survey is open. Anyone with its link can take part now.")
    elif wanted == Survey.Status.CLOSED and close_survey(survey, request.user):
        messages.success(request, "The survey is closed. It takes no more answers.")
    else:
        messages.warning(request, f"Nothing was changed: the survey is {survey.status}.")
    return redirect("console:survey", survey.slug)
