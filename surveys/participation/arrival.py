"""The first page's requests: who may come in, in which language, and what becomes of the form."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import cast

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.limits.rules import is_first_today, seconds_until_entry
from surveys.models import Participant, Survey
from surveys.participation import flow, refusals
from surveys.participation.access import language_of, refuse, refuse_unknown
from surveys.participation.people import enrolment
from surveys.participation.people.device import is_phone, refuse_phone, refuse_window
from surveys.participation.people.identity import (
    Visit,
    is_simulated,
    new_visit,
    read_visit,
    visit_of,
    write_visit,
)
from surveys.participation.people.panels import MTURK_FRAMES, is_in_mturks_frame, recognise
from surveys.participation.refusals import Refusal
from surveys.participation.sql.reads import find_participant
from surveys.studies.lifecycle import stopping

LANGUAGE = "lang"


def limit_entries(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep one network from filling a study; classrooms behind one address fit in.

    Counts what makes a visitor or a participant: a visitor who comes back is never counted.
    """

    @wraps(view)
    def limited(request: HttpRequest, slug: str) -> HttpResponse:
        if request.method == "POST" or read_visit(request, slug) is None:
            wait = seconds_until_entry(request)
            if wait:
                survey = Survey.objects.filter(slug=slug).first()
                response = refuse(request, survey, refusals.TOO_MANY_AT_ONCE)
                response["Retry-After"] = str(wait)
                return response
        return view(request, slug)

    return limited


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limit_entries
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Information and consent; or, for a participant who has agreed, the way to their page."""
    visit = read_visit(request, slug)
    survey = Survey.objects.filter(slug=slug).first()
    if survey is None:
        return refuse(request, None, refusals.UNKNOWN_STUDY)
    if is_in_mturks_frame(request, survey):
        return _refuse_frame(request, survey)
    known = recognise(request, survey, visit)
    participant = find_participant(known, slug)
    if participant is not None and known is not None:
        response = redirect(flow.current_url(slug, participant))
        if known != visit:
            write_visit(response, known, slug)
        return response
    if survey.status == Survey.Status.DRAFT:
        return refuse(request, survey, refusals.NOT_OPEN_YET)
    if not survey.is_open or stopping.takes_nobody_new(survey):
        return _too_late(survey, visit, known)
    no_phones = refuse_phone(request, survey.protocol.device)
    if no_phones:
        return refuse(request, survey, no_phones)
    if request.method == "POST":
        return _agree(request, survey, known)
    return _welcome(request, survey, visit, known)


@xframe_options_exempt
def _refuse_frame(request: HttpRequest, survey: Survey) -> HttpResponse:
    """The one page that Mechanical Turk may show in its frame: it holds nothing to be clicked."""
    replaced = csp_replace({"frame-ancestors": MTURK_FRAMES})
    page = replaced(lambda framed: refuse(framed, survey, refusals.FRAMED))
    return cast(HttpResponse, page(request))


def _too_late(survey: Survey, before: Visit | None, known: Visit | None) -> HttpResponse:
    """The end of who comes when nobody new is taken, with the panel's way back."""
    stopping.close_if_due(survey)
    response = redirect(flow.step_url(survey.slug, flow.CLOSED, None))
    if known is not None and known != before:
        write_visit(response, known, survey.slug)
    return response


def _welcome(
    request: HttpRequest, survey: Survey, before: Visit | None, known: Visit | None
) -> HttpResponse:
    simulated = is_simulated(request, survey.slug)
    if simulated is None:
        return refuse(request, survey, refusals.WRONG_BOT)
    visit = known or new_visit(simulated)
    chosen = request.GET.get(LANGUAGE, "")
    if chosen in survey.protocol.languages:
        visit = replace(visit, language=chosen)
    if survey.protocol.panel.required and not visit.panel_id and not visit.simulated:
        return refuse(request, survey, refusals.PANEL_NEEDED)
    response = (
        redirect("surveys:no_place", survey.slug)
        if enrolment.is_full(survey)
        else _consent_page(request, survey, visit)
    )
    if request.method == "GET" and visit != before:
        write_visit(response, visit, survey.slug)
    return response


@never_cache
@require_POST
def arrived(request: HttpRequest, slug: str) -> HttpResponse:
    """Count the visitor whose browser runs the page's script; fetching a page is no arrival."""
    visit, response = read_visit(request, slug), HttpResponse(status=204)
    survey = Survey.objects.filter(slug=slug, status=Survey.Status.OPEN).first()
    if survey is None or visit is None or visit.has_arrived:
        return response
    # The same cookie may be sent again and again.
    if is_first_today("arrival", visit.token):
        enrolment.count_arrival(survey)
    write_visit(response, replace(visit, has_arrived=True), slug)
    return response


def _agree(request: HttpRequest, survey: Survey, visit: Visit | None) -> HttpResponse:
    if visit is None:
        return refuse(request, survey, refusals.COOKIES_REFUSED)
    # The language in which the page was shown, which need not have been chosen.
    visit = replace(visit, language=language_of(request, survey, visit))
    agreed = flow.CONSENT.read(_visitor(survey, visit.language), request.POST)
    if agreed is True:
        agreed = refuse_window(request.POST, survey.protocol.device) or agreed
    if agreed is not True:
        return _stay_out(request, survey, visit, agreed or None)
    enrolled = enrolment.consent(survey, visit)
    if enrolled is None:
        return _too_late(survey, visit, visit)
    response = redirect(flow.current_url(survey.slug, enrolled))
    write_visit(response, visit_of(enrolled, visit), survey.slug)
    return response


def _stay_out(
    request: HttpRequest, survey: Survey, visit: Visit, problem: Refusal | None
) -> HttpResponse:
    """Answer who does not want to take part, or whose form has a problem."""
    has_declined = visit.has_declined or problem is None
    if not visit.has_arrived:
        # Without JavaScript, the form is the first sign of a person.
        enrolment.count_arrival(survey)
    if has_declined and not visit.has_declined:
        enrolment.count_refusal(survey)
    declined = redirect("surveys:declined", survey.slug)
    response = _consent_page(request, survey, visit, problem) if problem else declined
    visit = replace(visit, has_arrived=True, has_declined=has_declined)
    write_visit(response, visit, survey.slug)
    return response


def _consent_page(
    request: HttpRequest, survey: Survey, visit: Visit, problem: Refusal | None = None
) -> HttpResponse:
    visitor = _visitor(survey, language_of(request, survey, visit))
    context = flow.CONSENT.context(visitor, QueryDict(), problem)
    context["on_phone"] = survey.protocol.device.phones == "warn" and is_phone(request)
    return flow.CONSENT.show(request, visitor, context, problem)


def _visitor(survey: Survey, language: str) -> Participant:
    """The participant that a visitor would become; nothing of them is stored before they agree."""
    return Participant(survey=survey, language=language)


def cookies_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What Django shows when a form comes without the cookie that was sent with it."""
    match = request.resolver_match
    slug = match.kwargs.get("slug", "") if match else ""
    is_under_way = match is not None and match.url_name != flow.CONSENT.name
    if slug and is_under_way and read_visit(request, slug) is None:
        return refuse_unknown(request, slug)
    survey = Survey.objects.filter(slug=slug).first()
    return refuse(request, survey, refusals.COOKIES_REFUSED)
