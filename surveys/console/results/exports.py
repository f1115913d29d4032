"""Exports and reports of a study: ask for one, watch it, take its file."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest
from accounts.audit.record import Action, record
from surveys.console.access import for_role
from surveys.errors import JobError, SurveyError
from surveys.jobs.files import archive_of, page_of
from surveys.jobs.queue import delete_job, retry_job, start_job
from surveys.models import Job, Role, Survey
from surveys.studies.blinding import require_unblinded
from surveys.studies.team.membership import role_of

# A report is one file with styles of its own and no script. It may load nothing, and nothing in it
# may act in the reader's name.
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-popups"
)


def or_back_to_the_list(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Says what went wrong on the page of exports."""

    @wraps(view)
    def with_jobs(request: SignedInRequest, survey: Survey, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, survey=survey, **kwargs)
        except SurveyError as error:
            messages.error(request, str(error))
            return redirect("console:exports", survey.slug)

    return with_jobs


@for_role("viewer", to_post="editor")
@or_back_to_the_list
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: SignedInRequest, survey: Survey) -> HttpResponseBase:
    """The list; a form asks for one more."""
    if request.method == "POST":
        kind = request.POST.get("kind", "")
        if kind not in Job.Kind.values:
            raise JobError("Choose an export or a report.")
        start_job(survey, kind, request.user, with_images="with_images" in request.POST)
        messages.success(request, "Started. This page updates itself until it has finished.")
        return redirect("console:exports", survey.slug)
    return _list(request, survey)


def _list(request: SignedInRequest, survey: Survey) -> HttpResponse:
    role = role_of(request.user, survey) or Role.VIEWER
    jobs = list(survey.jobs.all())
    making = [job for job in jobs if job.is_active]
    context = {
        "survey": survey,
        "jobs": jobs,
        "n_making": len(making),
        "making": {job.kind for job in making},
        "may_edit": role.includes(Role.EDITOR),
        "is_owner": role == Role.OWNER,
    }
    return render(request, "console/exports.html", context)


@for_role("viewer")
@or_back_to_the_list
@never_cache
@require_safe
def download(request: SignedInRequest, survey: Survey, job_id: int) -> HttpResponseBase:
    job = _finished(survey, job_id)
    file = archive_of(job)
    _note_download(request, job, file.name)
    return FileResponse(file.open("rb"), as_attachment=True, filename=file.name)


@for_role("viewer")
@or_back_to_the_list
@never_cache
@require_safe
def report(request: SignedInRequest, survey: Survey, job_id: int) -> HttpResponseBase:
    """The report's page, to be read in the browser."""
    job = _finished(survey, job_id, kind=Job.Kind.REPORT)
    file = page_of(job)
    _note_download(request, job, file.name)
    response = FileResponse(file.open("rb"), content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = REPORT_POLICY
    return response


@for_role("editor")
@or_back_to_the_list
@require_POST
def retry(request: SignedInRequest, survey: Survey, job_id: int) -> HttpResponseBase:
    retry_job(_find(survey, job_id), request.user)
    messages.success(request, "Queued again.")
    return redirect("console:exports", survey.slug)


@for_role("owner")
@or_back_to_the_list
@require_POST
def delete(request: SignedInRequest, survey: Survey, job_id: int) -> HttpResponseBase:
    delete_job(_find(survey, job_id), request.user)
    messages.success(request, "Deleted.")
    return redirect("console:exports", survey.slug)


def _find(survey: Survey, job_id: int, **more: Any) -> Job:
    return get_object_or_404(survey.jobs.select_related("survey"), pk=job_id, **more)


def _finished(survey: Survey, job_id: int, **more: Any) -> Job:
    require_unblinded(survey, "The file")
    return _find(survey, job_id, status=Job.Status.FINISHED, **more)


def _note_download(request: SignedInRequest, job: Job, name: str) -> None:
    if request.method == "GET":
        record(request.user, Action.FILE_DOWNLOADED, job.survey, file=name, sha256=job.sha256)
