"""The researcher's pages: what surveys there are, how far they got, open and close."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest, signed_in
from study.console.sorting import Sorting
from surveys.checks.preflight import count_unmet, unmet_points
from surveys.console.access import for_role
from surveys.models import Role, Survey
from surveys.monitoring.progress import SurveyProgress, find_progress
from surveys.studies.item_drops import find_items
from surveys.studies.lifecycle.archiving import may_be_deleted
from surveys.studies.lifecycle.path import find_path
from surveys.studies.lifecycle.publishing import close_survey, open_survey, opened_despite
from surveys.studies.lifecycle.stopping import find_sample
from surveys.studies.team.membership import surveys_of

# What the table of studies can be sorted by.
COLUMNS: dict[str, Callable[[SurveyProgress], Any]] = {
    "title": lambda row: row.survey.title.lower(),
    "status": lambda row: row.survey.status,
    "arrivals": lambda row: row.survey.arrivals,
    "active": lambda row: row.total.active,
    "finished": lambda row: row.total.finished,
    "loaded": lambda row: row.survey.created_at,
}


@signed_in
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    # The manifest is large, and nothing of it is shown here.
    found = surveys_of(request.user).select_related("stimulus_set")
    known = list(found.defer("stimulus_set__manifest"))
    wants_archived = "archived" in request.GET
    surveys = [one for one in known if (one.archived_at is not None) == wants_archived]
    sorting = Sorting.of(request, COLUMNS, default="-loaded")
    rows = sorted(
        find_progress(surveys), key=COLUMNS[sorting.column], reverse=sorting.is_descending
    )
    context = {
        "rows": rows,
        "sorting": sorting,
        "wants_archived": wants_archived,
        "n_others": len(known) - len(surveys),
    }
    return render(request, "console/home.html", context)


@for_role("viewer")
@require_safe
def survey(request: SignedInRequest, survey: Survey) -> HttpResponse:
    (progress,) = find_progress([survey])
    n_items = find_items(survey).filter(is_example=False).count()
    role = Role(request.study_role)
    context = {
        "survey": survey,
        "path": find_path(survey, count_unmet(survey)),
        "progress": progress,
        "sample": find_sample(survey),
        "n_items": n_items,
        "n_questions": survey.protocol.items.n_of(n_items),
        "may_edit": role.includes(Role.EDITOR),
        "is_owner": role == Role.OWNER,
        "opened_despite": opened_despite(survey),
        "may_delete": role == Role.OWNER and may_be_deleted(survey),
    }
    return render(request, "console/survey.html", context)


@for_role("editor")
@require_POST
def change_status(request: SignedInRequest, survey: Survey) -> HttpResponse:
    """Open or close, as the pressed button says."""
    wanted = request.POST.get("status")
    unmet = _unmet_before_opening(survey) if wanted == Survey.Status.OPEN else []
    if unmet and request.POST.get("anyway") != "yes":
        return redirect("console:preflight", survey.slug)
    if wanted == Survey.Status.OPEN and open_survey(survey, request.user, unmet):
        messages.success(request, "The study is open. Anyone with the link can now take part.")
    elif wanted == Survey.Status.CLOSED and close_survey(survey, request.user):
        messages.success(request, "The study is closed. No new participants can begin.")
    elif wanted == Survey.Status.OPEN and not survey.is_blind:
        messages.warning(request, "The study is unblinded, so it cannot be opened again.")
    else:
        messages.warning(request, f"Nothing was changed: the study is {survey.status}.")
    return redirect("console:survey", survey.slug)


def _unmet_before_opening(survey: Survey) -> list[str]:
    """Return the titles of what should be fixed before the first opening; later, nobody asks."""
    return [] if survey.opened_at else [row.title for row in unmet_points(survey)]
