"""A study's protocol, changed in the browser: a form for the usual, the text for everything."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import SignedInRequest
from accounts.limits.rules import limit_uploads
from surveys.console.access import for_role
from surveys.console.design.protocols import UploadedProtocol, confirm, problem_lines
from surveys.errors import SurveyError
from surveys.models import Survey
from surveys.studies.protocols.editing import (
    editable_text,
    form_fields,
    propose_edit,
    save_draft,
    with_values,
)


@for_role("viewer")
@require_http_methods(["GET", "HEAD", "POST"])
@limit_uploads
def edit(request: SignedInRequest, survey: Survey) -> HttpResponse:
    """Show form and text; save a draft at once, and ask before an opened study changes."""
    if survey.is_pilot:
        messages.info(request, "A pilot’s protocol cannot be changed; change its study’s.")
        return redirect("console:protocol", survey.slug)
    if request.method != "POST":
        return _page(request, survey, editable_text(survey), survey.protocol_sha256)
    sent, seen = request.POST.get("text", ""), request.POST.get("seen", "")
    text = with_values(sent, request.POST.dict(), survey) if "form" in request.POST else sent
    try:
        proposal = propose_edit(survey, text)
        if survey.opened_at is not None:
            return confirm(request, UploadedProtocol(text=text, name=survey.slug), proposal)
        changed = save_draft(survey, proposal, seen, request.user)
    except SurveyError as error:
        return _page(request, survey, text, seen, error)
    if changed:
        messages.success(request, "Saved. The checks search the changed pages again.")
    else:
        messages.info(request, "Nothing was changed.")
    return redirect("console:edit", survey.slug)


def _page(
    request: SignedInRequest,
    survey: Survey,
    text: str,
    seen: str,
    error: SurveyError | None = None,
) -> HttpResponse:
    context = {
        "survey": survey,
        "text": text,
        "seen": seen,
        "fields": form_fields(text, survey),
        "error": error,
        "problems": problem_lines(text, error),
        "n_lines": max(20, min(60, text.count("\n") + 2)),
    }
    return render(request, "console/edit.html", context, status=400 if error else 200)
