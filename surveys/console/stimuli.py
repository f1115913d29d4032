"""The pictures of a study, without telling which condition they belong to while it is blind."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from surveys.console.access import for_role
from surveys.contact_sheet import find_contact_sheet
from surveys.models import Survey


@for_role("viewer")
@require_safe
def stimuli(request: SignedInRequest, survey: Survey) -> HttpResponse:
    context = {"survey": survey, "rows": find_contact_sheet(survey)}
    return render(request, "console/stimuli.html", context)
