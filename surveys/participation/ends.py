"""The pages after which nothing more is asked, and withdrawal."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from surveys.models import Participant, Survey
from surveys.participation import flow
from surveys.participation.access import (
    find_participant,
    language_of,
    participant_page,
    render_for,
    render_page,
)
from surveys.participation.identity import Visit, read_visit
from surveys.participation.outcomes import Outcome, outcome_of, return_address
from surveys.participation.steps.consent import is_full
from surveys.participation.steps.introduction import ending_of, thanks_page
from surveys.participation.withdrawal import withdraw
from surveys.studies.stopping import close_if_due


def _panel_id(request: HttpRequest, survey: Survey) -> str:
    visit = read_visit(request, survey.slug)
    return visit.panel_id if visit else ""


@participant_page(flow.LAST)
def thanks(request: HttpRequest, participant: Participant) -> HttpResponse:
    close_if_due(participant.survey)
    outcome = outcome_of(participant, participant.protocol)
    context = thanks_page(participant, outcome, _panel_id(request, participant.survey))
    return render_for(request, "thanks.html", participant, context)


@participant_page(flow.TURNED_AWAY)
def turned_away(request: HttpRequest, participant: Participant) -> HttpResponse:
    protocol = participant.protocol
    outcome = outcome_of(participant, protocol)
    ending = ending_of(protocol, outcome, _panel_id(request, participant.survey))
    return render_for(request, "ended.html", participant, ending)


@participant_page(flow.WITHDRAWN)
def withdrawn(request: HttpRequest, participant: Participant) -> HttpResponse:
    ending = {"outcome": str(Outcome.WITHDRAWN)}
    survey, language = participant.survey, participant.language
    return render_page(request, "ended.html", survey, language, ending)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdrawal(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks once more, then deletes what the participant gave; possible at any time."""
    participant = find_participant(read_visit(request, slug), slug)
    if participant is None or participant.withdrawn_at is not None:
        return redirect(flow.current_url(slug, participant))
    if request.method == "POST":
        withdraw(participant)
        return redirect("surveys:withdrawn", slug)
    context = {"back": flow.current_url(slug, participant)}
    return render_for(request, "withdraw.html", participant, context)


@never_cache
@require_safe
def declined(request: HttpRequest, slug: str) -> HttpResponse:
    """For a visitor who does not want to take part."""
    return _end_without_consent(request, slug, Outcome.NO_CONSENT)


@never_cache
@require_safe
def no_place(request: HttpRequest, slug: str) -> HttpResponse:
    """For a visitor who came when all places were taken."""
    return _end_without_consent(request, slug, Outcome.FULL)


def _end_without_consent(request: HttpRequest, slug: str, due: Outcome) -> HttpResponse:
    visit = read_visit(request, slug)
    survey = get_object_or_404(Survey, slug=slug)
    participant = find_participant(visit, slug)
    if participant is not None or _outcome(survey, None, visit) != due:
        return redirect(flow.current_url(slug, participant))
    ending = ending_of(survey.texts, due, visit.panel_id if visit else "")
    language = language_of(request, survey, visit)
    return render_page(request, "ended.html", survey, language, ending)


@never_cache
@require_safe
def go_back(request: HttpRequest, slug: str) -> HttpResponse:
    """To the panel, once there is nothing left to store; until then to the participant's page."""
    visit = read_visit(request, slug)
    survey = get_object_or_404(Survey, slug=slug)
    participant = find_participant(visit, slug)
    outcome = _outcome(survey, participant, visit)
    protocol = participant.protocol if participant else survey.texts
    address = return_address(protocol, outcome, visit.panel_id if visit else "")
    return redirect(address or flow.current_url(slug, participant))


def _outcome(survey: Survey, participant: Participant | None, visit: Visit | None) -> Outcome:
    if participant is not None:
        return outcome_of(participant, participant.protocol)
    if visit is not None and visit.has_declined:
        return Outcome.NO_CONSENT
    return Outcome.FULL if survey.is_open and is_full(survey) else Outcome.UNFINISHED
