"""The pictures of a study, without telling which condition they belong to while it is blind."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from surveys.console.access import for_role
from surveys.contact_sheet import find_contact_sheet
from surveys.models import Role, Survey
from surveys.studies.membership import role_of


@for_role("viewer")
@require_safe
def stimuli(request: SignedInRequest, survey: Survey) -> HttpResponse:
    rows = find_contact_sheet(survey)
    role = role_of(request.user, survey) or Role.VIEWER
    context = {
        "survey": survey,
        "rows": rows,
        "n_dropped": sum(row.drop is not None for row in rows),
        "n_asked": sum(row.drop is None and not row.item.is_example for row in rows),
        "may_drop": role.includes(Role.EDITOR) and survey.opened_at is None,
    }
    return render(request, "console/stimuli.html", context)
