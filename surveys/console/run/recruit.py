"""What a researcher copies into a panel, and who is to be paid afterwards."""

import csv
import io
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest
from accounts.audit.record import Action, record
from surveys.console.access import for_role
from surveys.export.columns.people import PANEL
from surveys.export.rows.people import panel_rows
from surveys.models import PanelIdentity, ProlificStudy, Role, Survey
from surveys.monitoring.pace import target_of
from surveys.recruiting.panel import endings, missing_points, panel_address
from surveys.recruiting.prolific.api import has_token
from surveys.recruiting.prolific.draft import DraftForm, first_values
from surveys.recruiting.prolific.studies import PAGE
from surveys.templatetags.entry_address import entry_url


@for_role("viewer")
@require_safe
def recruit(request: SignedInRequest, survey: Survey) -> HttpResponse:
    return show_recruit(request, survey)


def show_recruit(request: SignedInRequest, survey: Survey, **more: Any) -> HttpResponse:
    """The page, with what an action on it has found; nothing is asked on the network for it."""
    protocol, entry = survey.protocol, entry_of(request, survey)
    stored = PanelIdentity.objects.filter(survey=survey, participant__withdrawn_at=None)
    context: dict[str, Any] = {
        "survey": survey,
        "panel": protocol.panel,
        "address": panel_address(entry, protocol),
        "endings": endings(protocol),
        "missing": missing_points(protocol, entry),
        "n_ids": stored.count(),
        "is_owner": request.study_role == Role.OWNER,
        "may_change": request.study_role != Role.VIEWER,
    }
    if protocol.panel.name == "prolific":
        values = first_values(survey.title, protocol, target_of(survey) or 0)
        context |= {
            "has_token": has_token(),
            "on_prolific": ProlificStudy.objects.filter(survey=survey).first(),
            "prolific_page": PAGE,
            "form": DraftForm(initial=values),
        }
    return render(request, "console/recruit.html", context | more)


def entry_of(request: SignedInRequest, survey: Survey) -> str:
    return entry_url({"request": request}, survey.slug)


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
