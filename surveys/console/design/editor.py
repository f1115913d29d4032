"""A study's protocol, changed in the browser: a form for the usual, the text for everything."""

import json

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest
from accounts.limits.rules import limit_uploads
from surveys.console.access import for_role
from surveys.console.design.preview import preview_choices
from surveys.console.design.protocols import UploadedProtocol, confirm, problem_lines
from surveys.errors import SurveyError
from surveys.models import ProtocolDraft, Survey
from surveys.studies.protocols.drafts import drop_draft, find_draft, keep_draft
from surveys.studies.protocols.editing import (
    editable_text,
    form_sections,
    propose_edit,
    save_draft,
    with_values,
)
from surveys.studies.protocols.keys import keys_by_table
from surveys.studies.protocols.list_form import ON_SAVING
from surveys.studies.protocols.question_form import (
    KINDS,
    question_rows,
    questions_heading,
)


@for_role("viewer")
@require_http_methods(["GET", "HEAD", "POST"])
@limit_uploads
def edit(request: SignedInRequest, survey: Survey) -> HttpResponse:
    """Show form and text; save a draft at once, and ask before an opened study changes."""
    if survey.is_pilot:
        messages.info(request, "A pilot’s protocol cannot be changed; change its study’s.")
        return redirect("console:protocol", survey.slug)
    if request.method != "POST":
        return _begin(request, survey)
    if "discard" in request.POST:
        drop_draft(survey, request.user)
        messages.info(request, "The unsaved text is discarded.")
        return redirect("console:edit", survey.slug)
    text, seen = _sent_text(request, survey), request.POST.get("seen", "")
    try:
        proposal = propose_edit(survey, text)
        if survey.opened_at is not None:
            return confirm(request, UploadedProtocol(text=text, name=survey.slug), proposal)
        changed = save_draft(survey, proposal, seen, request.user)
    except SurveyError as error:
        return _page(request, survey, text, seen, error)
    drop_draft(survey, request.user)
    if changed:
        messages.success(request, "Saved. The checks search the changed pages again.")
    else:
        messages.info(request, "Nothing was changed.")
    return redirect("console:edit", survey.slug)


def _sent_text(request: SignedInRequest, survey: Survey, is_saved: bool = True) -> str:
    """The text that was sent, with the form's values; browsers send another end of line."""
    text = request.POST.get("text", "").replace("\r\n", "\n")
    if "form" not in request.POST:
        return text
    # Boxes of one name stand one per line; an empty one says that they were there.
    sent = {key: "\n".join(filter(None, values)) for key, values in request.POST.lists()}
    kept = {
        key: value
        for key, value in sent.items()
        if is_saved or key.rpartition(".")[2] not in ON_SAVING
    }
    return with_values(text, kept, survey)


def _begin(request: SignedInRequest, survey: Survey) -> HttpResponse:
    """The stored text, or what this person had typed and not saved."""
    text, draft = editable_text(survey), find_draft(survey, request.user)
    if draft is None or draft.text == text:
        return _page(request, survey, text, survey.protocol_sha256)
    return _page(request, survey, draft.text, draft.seen, draft=draft)


@for_role("editor")
@require_POST
def autosave(request: SignedInRequest, survey: Survey) -> JsonResponse:
    """Keep what was typed, and answer with the text and what is wrong in it."""
    text = _sent_text(request, survey, is_saved=False)
    keep_draft(survey, request.user, text, request.POST.get("seen", ""))
    error, problems = "", []
    try:
        propose_edit(survey, text)
    except SurveyError as found:
        problems = [
            {"line": each.line, "sentence": each.sentence} for each, _ in problem_lines(text, found)
        ]
        error = "" if problems else str(found)
    return JsonResponse({"text": text, "problems": problems, "error": error})


def _page(
    request: SignedInRequest,
    survey: Survey,
    text: str,
    seen: str,
    error: SurveyError | None = None,
    draft: ProtocolDraft | None = None,
) -> HttpResponse:
    context = {
        "survey": survey,
        "text": text,
        "seen": seen,
        "sections": form_sections(text, survey),
        "questions": question_rows(text),
        "question_kinds": KINDS,
        "questions_heading": questions_heading(text),
        "error": error,
        "problems": problem_lines(text, error),
        "draft": draft,
        "keys": json.dumps(keys_by_table()),
        **preview_choices(survey),
        "n_lines": max(20, min(60, text.count("\n") + 2)),
    }
    return render(request, "console/edit.html", context, status=400 if error else 200)
