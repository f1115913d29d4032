"""Links for reviewers: the team's list of them, and the pages to which they lead."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, for_anyone
from accounts.audit.record import Action, record
from surveys.console.access import for_role
from surveys.console.results.exports import REPORT_POLICY
from surveys.errors import InvitationError, SurveyError
from surveys.jobs.files import archive_of, newest_files, page_of
from surveys.jobs.report_summary import find_results
from surveys.models import Job, ReviewLink, Role, Survey
from surveys.studies.team.review_links import (
    DAYS,
    LONGEST_LABEL,
    REVIEWER,
    find_link,
    make_link,
    revoke_link,
)


@for_role("viewer", to_post="owner")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review_links(request: SignedInRequest, survey: Survey) -> HttpResponse:
    """The list; and, for owners, a form for one more, whose answer shows the link."""
    if request.method == "POST":
        days = request.POST.get("days", "")
        try:
            label = request.POST.get("label", "")
            secret = make_link(survey, label, int(days) if days.isdecimal() else 0, request.user)
        except InvitationError as error:
            messages.error(request, str(error))
            return redirect("console:review_links", survey.slug)
        address = request.build_absolute_uri(reverse("console:review", args=[secret]))
        context = {"survey": survey, "link": address}
        return render(request, "console/review_link.html", context)
    context = {
        "survey": survey,
        "links": survey.review_links.all(),
        "now": timezone.now(),
        "days": DAYS,
        "longest_label": LONGEST_LABEL,
        "is_owner": request.study_role == Role.OWNER,
    }
    return render(request, "console/review_links.html", context)


@for_role("owner")
@require_POST
def revoke(request: SignedInRequest, survey: Survey, link_id: int) -> HttpResponse:
    if revoke_link(get_object_or_404(ReviewLink, survey=survey, pk=link_id), request.user):
        messages.success(request, "Revoked. The link no longer works.")
    else:
        messages.info(request, "Nothing was changed: the link was revoked before.")
    return redirect("console:review_links", survey.slug)


def by_link(view: Callable[..., HttpResponseBase]) -> Any:
    """Give the view the link that the address's secret belongs to; else say why it fails."""

    @for_anyone
    @never_cache
    @require_safe
    @wraps(view)
    def with_link(request: HttpRequest, review_secret: str) -> HttpResponseBase:
        try:
            link = find_link(review_secret)
        except InvitationError as error:
            return render(request, "console/review_refused.html", {"sentence": error}, status=410)
        try:
            return view(request, link)
        except SurveyError as error:
            messages.error(request, str(error))
            return redirect("console:review", review_secret)

    return with_link


@by_link
def review(request: HttpRequest, link: ReviewLink) -> HttpResponse:
    """What a reviewer sees: findings and plot, and the way to report and data."""
    study = link.survey
    context: dict[str, Any] = {"study": study, "link": link}
    if not study.is_blind:
        context |= {"results": _results_of(study), "files": newest_files(study)}
    return render(request, "console/review.html", context)


def _results_of(study: Survey) -> Any:
    """What the report found; None where there is none that can be shown."""
    try:
        return find_results(study)
    except SurveyError:
        return None


@by_link
def review_report(request: HttpRequest, link: ReviewLink) -> HttpResponseBase:
    job = _newest(link, Job.Kind.REPORT)
    file = page_of(job)
    _note(request, link, job, file.name)
    response = FileResponse(file.open("rb"), content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = REPORT_POLICY
    return response


@by_link
def review_data(request: HttpRequest, link: ReviewLink) -> HttpResponseBase:
    job = _newest(link, Job.Kind.EXPORT)
    file = archive_of(job)
    _note(request, link, job, file.name)
    return FileResponse(file.open("rb"), as_attachment=True, filename=file.name)


def _newest(link: ReviewLink, kind: str) -> Job:
    job = None if link.survey.is_blind else newest_files(link.survey).get(kind)
    if job is None:
        raise InvitationError("The team has not made this file yet; ask them for it.")
    return job


def _note(request: HttpRequest, link: ReviewLink, job: Job, name: str) -> None:
    if request.method == "GET":
        details = {"link": link.pk, "label": link.label, "file": name, "sha256": job.sha256}
        record(REVIEWER, Action.REVIEW_LINK_USED, link.survey, **details)
