"""Withdrawal, the way back to the panel, and the ends of visitors who never took part."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from surveys.models import Participant, Survey
from surveys.participation import flow
from surveys.participation.access import language_of, render_for
from surveys.participation.enrolment import is_full
from surveys.participation.identity import Visit, read_visit
from surveys.participation.outcomes import Outcome, return_address
from surveys.participation.sql.reads import find_participant
from surveys.participation.steps.ends import End
from surveys.participation.withdrawal import withdraw


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdrawal(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask once more, then delete what the participant gave; possible at any time."""
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
    return _end_without_consent(request, slug, flow.DECLINED)


@never_cache
@require_safe
def no_place(request: HttpRequest, slug: str) -> HttpResponse:
    return _end_without_consent(request, slug, flow.NO_PLACE)


def _end_without_consent(request: HttpRequest, slug: str, end: End) -> HttpResponse:
    visit = read_visit(request, slug)
    survey = get_object_or_404(Survey, slug=slug)
    participant = find_participant(visit, slug)
    if participant is not None or _outcome(survey, None, visit) != end.outcome:
        return redirect(flow.current_url(slug, participant))
    visitor = Participant(survey=survey, language=language_of(request, survey, visit))
    visitor.panel_id = visit.panel_id if visit else ""
    return end.show(request, visitor, end.context(visitor, QueryDict()))


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
        return flow.outcome_of(participant, participant.protocol)
    if visit is not None and visit.has_declined:
        return Outcome.NO_CONSENT
    return Outcome.FULL if survey.is_open and is_full(survey) else Outcome.UNFINISHED
