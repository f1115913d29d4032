"""The page on which a named person ends the blinding of a study."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import SignedInRequest
from surveys.console.access import for_role
from surveys.errors import BlindingError
from surveys.models import Role, Survey
from surveys.studies.blinding import unblind
from surveys.studies.team.membership import role_of


@for_role("viewer", to_post="owner")
@require_http_methods(["GET", "HEAD", "POST"])
def unblinding(request: SignedInRequest, survey: Survey) -> HttpResponse:
    """Says what unblinding means, asks for the slug, and does it."""
    problem, typed = "", request.POST.get("slug", "")
    if request.method == "POST":
        try:
            unblind(survey, request.user, typed)
        except BlindingError as error:
            problem = str(error)
        else:
            messages.success(request, "The study is unblinded. Conditions are now shown by name.")
            return redirect("console:results", survey.slug)
    is_owner = role_of(request.user, survey) == Role.OWNER
    context = {"survey": survey, "problem": problem, "typed": typed, "is_owner": is_owner}
    return render(request, "console/unblind.html", context, status=400 if problem else 200)
