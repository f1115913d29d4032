"""Protocols in the console: load one, see what it would change, keep and export its versions."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest, signed_in
from accounts.limits.rules import limit_uploads
from pv_engine.models import StimulusSet
from surveys.console.access import for_role
from surveys.errors import SurveyError
from surveys.models import ProtocolRevision, ProtocolVersion, Role, Survey
from surveys.protocol.difference import find_changes
from surveys.studies.protocols.beginnings import address_in, beginnings, text_to_begin, title_of
from surveys.studies.protocols.loading import Proposal, propose_text, require_editor, store
from surveys.studies.protocols.starter import starter_protocol
from surveys.studies.protocols.versions import export_protocol
from toml_files.editing import set_value
from toml_files.problems import Problem


@dataclass(frozen=True)
class UploadedProtocol:
    """What the console's form for protocols sent."""

    text: str = ""
    # What errors call the file.
    name: str = "The protocol"
    # The content hash of a stimulus set that replaces the one in the text; empty for none.
    stimuli: str = ""
    is_confirmed: bool = False
    # The hash of the stored protocol whose difference to this one was shown.
    seen: str = ""


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@limit_uploads
def load(request: SignedInRequest) -> HttpResponse:
    """Check a protocol, show what it would change, and load it once that was confirmed."""
    if request.method != "POST":
        return _form(request, UploadedProtocol(text=_text_to_begin(request)))
    upload = read_protocol_upload(request)
    try:
        proposal = propose_text(upload.text, upload.name, upload.stimuli)
        if proposal.survey is not None:
            require_editor(request.user, proposal.survey)
        if not upload.is_confirmed or upload.seen != _base_of(proposal):
            return confirm(request, upload, proposal)
        survey, changed = store(proposal, request.user)
    except SurveyError as error:
        return _form(request, upload, error)
    if not changed:
        messages.info(request, "This protocol is already loaded; nothing has changed.")
    elif proposal.makes_version:
        messages.success(request, f"Version {survey.versions.count()} is now in force.")
    else:
        messages.success(
            request, "The study is a draft. Write it here, then look at Preview and Checks."
        )
    return redirect("console:protocol" if proposal.survey else "console:edit", survey.slug)


def _text_to_begin(request: SignedInRequest) -> str:
    """The protocol that was chosen to begin with, under an address that is free; else nothing."""
    try:
        return text_to_begin(request.GET.get("begin", ""), request.user)
    except SurveyError as error:
        messages.error(request, str(error))
        return ""


def _form(
    request: SignedInRequest, upload: UploadedProtocol, error: SurveyError | None = None
) -> HttpResponse:
    choices = list(beginnings(request.user))
    context = {
        "upload": upload,
        "error": error,
        "problems": problem_lines(upload.text, error),
        "address": address_in(upload.text),
        "chosen": title_of(request.GET.get("begin", ""), choices),
        "beginnings": choices,
        "stimulus_sets": StimulusSet.objects.defer("manifest"),
    }
    status = 400 if error else 200
    return render(request, "console/load.html", context, status=status)


def problem_lines(text: str, error: SurveyError | None) -> list[tuple[Problem, str]]:
    """Each problem of a protocol's text with the line that it is about."""
    lines = text.splitlines()
    return [
        (problem, lines[problem.line - 1] if 0 < problem.line <= len(lines) else "")
        for problem in getattr(error, "problems", ())
    ]


def confirm(request: HttpRequest, upload: UploadedProtocol, proposal: Proposal) -> HttpResponse:
    if upload.is_confirmed:
        messages.warning(request, "The study has changed since this page was shown. Check again.")
    context = {"upload": upload, "proposal": proposal, "seen": _base_of(proposal)}
    if proposal.makes_version and proposal.survey is not None:
        context["number"] = proposal.survey.versions.count() + 1
    return render(request, "console/load_confirm.html", context)


def _base_of(proposal: Proposal) -> str:
    """What the difference that was shown is a difference to."""
    return proposal.survey.protocol_sha256 if proposal.survey else ""


@for_role("viewer")
@require_safe
def versions(request: SignedInRequest, survey: Survey) -> HttpResponse:
    """What participants were given, and when."""
    kept = survey.versions.defer("toml", "protocol_json").annotate(n_people=Count("participants"))
    saved = survey.revisions.defer("toml", "protocol_json")
    context = {"survey": survey, "versions": kept.order_by("-number"), "revisions": saved}
    return render(request, "console/protocol.html", context)


@for_role("viewer")
@require_safe
def revision(request: SignedInRequest, survey: Survey, revision_number: int) -> HttpResponse:
    """One saved state: what it changed, what has changed since, and a way back to it."""
    found = get_object_or_404(ProtocolRevision, survey=survey, number=revision_number)
    before = survey.revisions.filter(number=revision_number - 1).first()
    context = {
        "survey": survey,
        "revision": found,
        "before": before,
        "changes": find_changes(before.protocol, found.protocol) if before else [],
        "since": find_changes(found.protocol, survey.protocol),
        "may_edit": request.study_role != Role.VIEWER and not survey.is_pilot,
    }
    return render(request, "console/revision.html", context)


@for_role("viewer")
@require_safe
def version(request: SignedInRequest, survey: Survey, number: int) -> HttpResponse:
    """One version, and how it differs from the one before it."""
    found = get_object_or_404(ProtocolVersion, survey=survey, number=number)
    before = ProtocolVersion.objects.filter(survey=survey, number=number - 1).first()
    context = {
        "survey": survey,
        "version": found,
        "before": before,
        "changes": find_changes(before.protocol, found.protocol) if before else [],
    }
    return render(request, "console/version.html", context)


@for_role("viewer")
@require_safe
def download(request: SignedInRequest, survey: Survey, number: int | None = None) -> HttpResponse:
    """The protocol as a file that loads elsewhere to the same hash."""
    slug = survey.slug
    found = get_object_or_404(ProtocolVersion, survey=survey, number=number) if number else None
    name = f"{slug}-{number}.toml" if number else f"{slug}.toml"
    try:
        return _file(export_protocol(survey, found), name)
    except SurveyError as error:
        messages.error(request, str(error))
        return redirect("console:protocol", slug)


@signed_in
@require_safe
def starter(request: SignedInRequest, content_sha256: str) -> HttpResponse:
    """A commented protocol to begin with, for one of the stimulus sets."""
    found = get_object_or_404(StimulusSet, content_sha256=content_sha256)
    return _file(starter_protocol(found.manifest), "my-study.toml")


def _file(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def read_protocol_upload(request: HttpRequest) -> UploadedProtocol:
    """The file if there is one, else the text; bytes that are no UTF-8 become marks in it."""
    file = request.FILES.get("file")
    data = request.POST
    text = file.read().decode("utf-8", errors="replace") if file else data.get("text", "")
    if not file and data.get("address", "").strip():
        text = set_value(text, "slug", value=data["address"].strip())
    return UploadedProtocol(
        text=text,
        name=(file.name if file else data.get("name", "")) or "The protocol",
        stimuli=data.get("stimuli", ""),
        is_confirmed=data.get("confirmed") == "yes",
        seen=data.get("seen", ""),
    )
