"""What a researcher copies into a panel, and who is to be paid afterwards."""

import csv
import io

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest
from accounts.audit.record import Action, record
from surveys.console.access import for_role
from surveys.export.columns.people import PANEL
from surveys.export.rows.people import panel_rows
from surveys.models import PanelIdentity, Role, Survey
from surveys.monitoring.recruiting import endings, missing_points, panel_address
from surveys.templatetags.entry_address import entry_url


@for_role("viewer")
@require_safe
def recruit(request: SignedInRequest, survey: Survey) -> HttpResponse:
    protocol = survey.protocol
    entry = entry_url({"request": request}, survey.slug)
    stored = PanelIdentity.objects.filter(survey=survey, participant__withdrawn_at=None)
    context = {
        "survey": survey,
        "panel": protocol.panel,
        "address": panel_address(entry, protocol),
        "endings": endings(protocol),
        "missing": missing_points(protocol),
        "n_ids": stored.count(),
        "is_owner": request.study_role == Role.OWNER,
    }
    return render(request, "console/recruit.html", context)


@for_role("owner")
@require_POST
def payments(request: SignedInRequest, survey: Survey) -> HttpResponse:
    """Who came from the panel and how each visit ended, as a file; that it was taken is logged."""
    rows = list(panel_rows(survey))
    record(request.user, Action.DATA_EXPORTED, survey, panel_ids=len(rows))
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow([column.name for column in PANEL])
    writer.writerows(rows)
    response = HttpResponse(lines.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{survey.slug}-payments.csv"'
    return response
