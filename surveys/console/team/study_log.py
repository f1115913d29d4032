"""The audit log of one study, for its owners."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest
from accounts.audit.pages import Entries, export_log, render_log
from accounts.models import AuditEntry
from surveys.console.access import for_role
from surveys.models import Survey


@for_role("owner")
@require_safe
def study_log(request: SignedInRequest, survey: Survey) -> HttpResponse:
    export_url = reverse("console:export_log", args=[survey.slug])
    return render_log(request, _of_survey(survey), survey=survey, export_url=export_url)


@for_role("owner")
@require_POST
def export(request: SignedInRequest, survey: Survey) -> HttpResponseBase:
    return export_log(request.user, _of_survey(survey), request.POST, survey)


def _of_survey(survey: Survey) -> Entries:
    return AuditEntry.objects.filter(subject_kind="survey", subject_id=str(survey.pk))
