"""Preview: the survey's pages in any condition, for the study's team."""

from dataclasses import replace
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import SignedInRequest
from surveys.bots.rehearsal import pages_of, walk_to
from surveys.console.access import for_role
from surveys.errors import SurveyError
from surveys.models import Condition, Survey
from surveys.participation import flow
from surveys.participation.access import refuse, render_for
from surveys.participation.leaving.views import can_stop
from surveys.participation.refusals import Refusal
from surveys.participation.shown import at_hand, instructions
from surveys.participation.steps.ends import End
from surveys.preview.walk import NAMESPACE, Preview, Walk, read_only
from surveys.protocol.wording import LANGUAGE_NAMES
from surveys.studies.blinding import group_labels
from surveys.studies.protocols.drafts import find_draft, survey_with

COOKIE = "preview"
# Pages that open beside a question, in a tab of their own: the template, and what it shows.
BESIDE = {
    at_hand.NAME: ("at_hand.html", at_hand.find_context),
    instructions.NAME: ("instructions.html", instructions.find_context),
}


@for_role("viewer", to_post="viewer")
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, survey: Survey) -> HttpResponse:
    """Which page, condition and language to look at."""
    known = group_labels(survey).values()
    if request.POST.get("condition", "") in known:
        condition, language = _chosen(request, survey)
        response = redirect(f"{NAMESPACE}:start", survey.slug)
        write_walk(response, Walk(condition.name, language), survey.slug)
        return response
    return render(request, "console/preview.html", {"survey": survey, **preview_choices(survey)})


def preview_choices(survey: Survey) -> dict[str, Any]:
    """Return what the form offers that chooses a page: pages, conditions, languages.

    Conditions go by what the console calls their pictures, which gives no letter away.
    """
    languages = survey.protocol.languages
    return {
        "pages": pages_of(survey),
        "conditions": sorted(group_labels(survey).values()),
        "languages": [(code, LANGUAGE_NAMES[code]) for code in languages],
    }


def _chosen(request: HttpRequest, survey: Survey) -> tuple[Condition, str]:
    """The condition and the language that the form names; the first ones instead of unknown."""
    names = {label: name for name, label in group_labels(survey).items()}
    wanted = names.get(request.POST.get("condition", ""), survey.protocol.groups[0].name)
    language = request.POST.get("language", "")
    known = language if language in survey.protocol.languages else survey.protocol.languages[0]
    return find_condition(survey, wanted) or survey.conditions.all()[0], known


def find_condition(survey: Survey, name: str) -> Condition | None:
    """Return the group of that name, which an unsaved draft may have and the database not."""
    found = Condition.objects.filter(survey=survey, name=name).first()
    if found is None and name in {group.name for group in survey.protocol.groups}:
        return Condition(survey=survey, name=name)
    return found


@for_role("viewer", to_post="viewer")
@require_POST
def jump(request: SignedInRequest, survey: Survey) -> HttpResponse:
    """Lead to any page, in any condition and language, of the study or of one's own draft."""
    is_draft = "draft" in request.POST
    shown = _with_draft(survey, request.user) if is_draft else survey
    condition, language = _chosen(request, shown)
    walk = walk_to(shown, condition, language, request.POST.get("page", ""))
    response = redirect(Preview(shown, walk, condition).url)
    write_walk(response, replace(walk, is_draft=is_draft), survey.slug)
    return response


def _with_draft(survey: Survey, person: User | AnonymousUser) -> Survey:
    """The study with this person's unsaved text; as it is where that cannot be read."""
    draft = find_draft(survey, person)
    try:
        return survey_with(survey, draft.text) if draft else survey
    except SurveyError:
        return survey


@for_role("viewer", to_post="viewer")
@csp_replace({"frame-ancestors": ["'self'"]})
@xframe_options_sameorigin
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, survey: Survey, position: int | None = None) -> HttpResponse:
    """The page that the preview has come to; any other address of it leads there."""
    with read_only():
        preview = find_preview(request, survey)
        if preview is None:
            return redirect("console:preview_choice", survey.slug)
        name = request.resolver_match.url_name if request.resolver_match else ""
        if name == "withdrawal":
            return _withdraw(request, preview)
        if name == "return":
            return _go_back(request, preview)
        if name in BESIDE:
            return _show_beside(request, preview, name)
        if (name, position) != (preview.step.name, preview.page):
            return redirect(preview.url)
        return _send(request, preview) if request.method == "POST" else _show(request, preview)


def _show(request: HttpRequest, preview: Preview) -> HttpResponse:
    language = request.GET.get("lang", "")
    if preview.step is flow.CONSENT and language in preview.survey.protocol.languages:
        walk = replace(preview.walk, language=language)
        response = Preview(preview.survey, walk, preview.condition).show(request, QueryDict())
        write_walk(response, walk, preview.survey.slug)
        return response
    return preview.show(request, QueryDict())


def _send(request: HttpRequest, preview: Preview) -> HttpResponse:
    result = preview.go_on(request.POST)
    if isinstance(result, Walk):
        return _go_to(result, preview)
    return preview.show(request, request.POST, result)


def _go_to(walk: Walk, preview: Preview) -> HttpResponse:
    response = redirect(Preview(preview.survey, walk, preview.condition).url)
    write_walk(response, walk, preview.survey.slug)
    return response


def _withdraw(request: HttpRequest, preview: Preview) -> HttpResponse:
    if not preview.step.may_withdraw:
        return redirect(preview.url)
    if request.method == "POST":
        keeps = request.POST.get("keep") == "yes" and can_stop(preview.participant)
        return _go_to(preview.stop() if keeps else preview.withdraw(), preview)
    may_stop = can_stop(preview.participant)
    context = {"back": preview.url, "can_stop": may_stop, **preview.frame()}
    return render_for(request, "withdraw.html", preview.participant, context)


def _show_beside(request: HttpRequest, preview: Preview, name: str) -> HttpResponse:
    template, find_context = BESIDE[name]
    context = find_context(preview.participant)
    if context is None:
        return redirect(preview.url)
    shown = {**context, **preview.frame()}
    return render_for(request, template, preview.participant, shown)


def _go_back(request: HttpRequest, preview: Preview) -> HttpResponse:
    """Says where a participant would be sent, instead of going there."""
    step = preview.step
    address = step.way_back(preview.participant) if isinstance(step, End) else ""
    if not address:
        return redirect(preview.url)
    shown = Refusal(
        "preview", 200, "Participants leave here", f"They are sent to {address}.", False
    )
    return refuse(request, preview.survey, shown)


def find_preview(request: HttpRequest, survey: Survey) -> Preview | None:
    """The preview that the browser's cookie names; None without one, or a stale one."""
    cookie = request.COOKIES.get(COOKIE, "")
    try:
        stored: dict[str, Any] = signing.loads(cookie, salt=_salt(survey.slug))
        walk = Walk(**stored)
    except (signing.BadSignature, TypeError):
        return None
    shown = _with_draft(survey, request.user) if walk.is_draft else survey
    condition = find_condition(shown, walk.condition)
    return Preview(shown, walk, condition) if condition else None


def write_walk(response: HttpResponse, walk: Walk, slug: str) -> None:
    """Into a cookie that only the preview's own pages are sent."""
    response.set_cookie(
        COOKIE,
        signing.dumps(walk.as_json(), salt=_salt(slug)),
        path=reverse(f"{NAMESPACE}:start", args=[slug]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _salt(slug: str) -> str:
    return f"surveys.preview.{slug}"
