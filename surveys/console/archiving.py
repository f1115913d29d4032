"""Archives, restores and deletes a study, as the pressed button says."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import SignedInRequest
from surveys.console.access import for_role
from surveys.errors import StatusError
from surveys.models import Survey
from surveys.studies.lifecycle.archiving import archive, delete_draft, restore


@for_role("owner")
@require_POST
def put_away(request: SignedInRequest, survey: Survey) -> HttpResponse:
    wanted = request.POST.get("do")
    try:
        if wanted == "delete":
            delete_draft(survey, request.user)
            messages.success(request, f"The draft {survey.title} is deleted.")
            return redirect("console:home")
        if wanted == "archive" and archive(survey, request.user):
            messages.success(request, "Archived. The list of studies leaves it out.")
        elif wanted == "restore" and restore(survey, request.user):
            messages.success(request, "Restored to the list of studies.")
        else:
            messages.info(request, "Nothing was changed.")
    except StatusError as error:
        messages.error(request, str(error))
    return redirect("console:survey", survey.slug)
