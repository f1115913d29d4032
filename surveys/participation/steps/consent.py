"""The first page, the images, and the way to one's page from anywhere else."""

from dataclasses import replace

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from surveys.entry_limit import limit_entries
from surveys.models import Participant, Survey
from surveys.participation import enrolment, flow, messages
from surveys.participation.access import find_participant, language_of, refuse, render_page
from surveys.participation.assignment import places_taken
from surveys.participation.fields import read_consent
from surveys.participation.identity import (
    Visit,
    is_simulated,
    new_visit,
    read_visit,
    visit_of,
    write_visit,
)
from surveys.participation.images import open_image
from surveys.participation.messages import Refusal
from surveys.participation.panels import is_preview, recognise
from surveys.participation.steps.introduction import consent_page
from surveys.protocol.wording import consent_version
from surveys.studies import stopping

LANGUAGE = "lang"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limit_entries
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Information and consent; or, for whoever has agreed already, the way to their page."""
    visit = read_visit(request, slug)
    survey = Survey.objects.filter(slug=slug).first()
    if survey is None:
        return refuse(request, None, messages.UNKNOWN_STUDY)
    known = recognise(request, survey, visit)
    participant = find_participant(known, slug)
    if participant is not None and known is not None:
        response = redirect(flow.current_url(slug, participant))
        if known != visit:
            write_visit(response, known, slug)
        return response
    refusal = _closed(request, survey)
    if refusal is not None:
        return refuse(request, survey, refusal)
    if request.method == "POST":
        return _agree(request, survey, known)
    return _welcome(request, survey, visit, known)


def _closed(request: HttpRequest, survey: Survey) -> Refusal | None:
    """Why nobody, or not this visitor, may take part now."""
    if survey.status == Survey.Status.DRAFT:
        return messages.NOT_OPEN_YET
    if not survey.is_open or stopping.takes_nobody_new(survey):
        stopping.close_if_due(survey)
        return messages.CLOSED
    return messages.PANEL_PREVIEW if is_preview(request, survey) else None


def is_full(survey: Survey) -> bool:
    places = survey.texts.assignment.places
    return places > 0 and places_taken(survey, survey.texts) >= places


def _welcome(
    request: HttpRequest, survey: Survey, before: Visit | None, known: Visit | None
) -> HttpResponse:
    simulated = is_simulated(request, survey.slug)
    if simulated is None:
        return refuse(request, survey, messages.WRONG_BOT)
    visit = known or new_visit(simulated)
    chosen = request.GET.get(LANGUAGE, "")
    if chosen in survey.texts.languages:
        visit = replace(visit, language=chosen)
    if survey.texts.panel.required and not visit.panel_id and not visit.simulated:
        return refuse(request, survey, messages.PANEL_NEEDED)
    response = (
        redirect("surveys:no_place", survey.slug)
        if is_full(survey)
        else _consent_page(request, survey, visit)
    )
    if request.method == "GET" and visit != before:
        if before is None or before.token != visit.token:
            enrolment.count_arrival(survey)
        write_visit(response, visit, survey.slug)
    return response


def _agree(request: HttpRequest, survey: Survey, visit: Visit | None) -> HttpResponse:
    if visit is None:
        return refuse(request, survey, messages.COOKIES_REFUSED)
    # The language in which the page was shown, which need not have been chosen.
    visit = replace(visit, language=language_of(request, survey, visit))
    agreed = read_consent(request.POST)
    if agreed is None:
        return _consent_page(request, survey, visit, messages.NO_CONSENT)
    if not agreed:
        return _decline(survey, visit)
    if request.POST.get("wording") != consent_version(survey.texts, visit.language):
        return _consent_page(request, survey, visit, messages.WORDING_CHANGED)
    enrolled = enrolment.consent(survey, visit)
    if isinstance(enrolled, Refusal):
        return refuse(request, survey, enrolled)
    response = redirect(flow.current_url(survey.slug, enrolled))
    write_visit(response, visit_of(enrolled, visit), survey.slug)
    return response


def _decline(survey: Survey, visit: Visit) -> HttpResponse:
    response = redirect("surveys:declined", survey.slug)
    if not visit.has_declined:
        enrolment.count_refusal(survey)
        write_visit(response, replace(visit, has_declined=True), survey.slug)
    return response


def _consent_page(
    request: HttpRequest, survey: Survey, visit: Visit, problem: Refusal | None = None
) -> HttpResponse:
    language = language_of(request, survey, visit)
    context = consent_page(survey.texts, language, problem)
    status = problem.status if problem else 200
    return render_page(request, "start.html", survey, language, context, status)


def cookies_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What Django shows when a form comes without the cookie that was sent with it."""
    match = request.resolver_match
    slug = match.kwargs.get("slug", "") if match else ""
    survey = Survey.objects.filter(slug=slug).first()
    return refuse(request, survey, messages.COOKIES_REFUSED)


@require_safe
def elsewhere(request: HttpRequest, slug: str, rest: str) -> HttpResponse:
    """Any other address below a survey's: the way to the participant's page."""
    participant: Participant | None = find_participant(read_visit(request, slug), slug)
    return redirect(flow.current_url(slug, participant))


@require_GET
@cache_control(public=True, max_age=31_536_000, immutable=True)
def stimulus(request: HttpRequest, file_name: str) -> HttpResponseBase:
    """One image, by its content hash; it never changes, so browsers need not ask again."""
    found = open_image(file_name)
    if found is None:
        raise Http404
    image, content_type = found
    return FileResponse(image, content_type=content_type)
