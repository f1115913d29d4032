"""Leaving before the end, the way back to the panel, and the ends of those who cannot take part."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from surveys.models import Participant, Survey
from surveys.participation import flow
from surveys.participation.access import language_of, may_restart, render_for
from surveys.participation.leaving.withdrawal import stop, withdraw
from surveys.participation.people.enrolment import is_full
from surveys.participation.people.identity import Visit, forget_visit, read_visit
from surveys.participation.sql.reads import find_participant
from surveys.participation.steps.ends import End
from surveys.studies.lifecycle.stopping import close_if_due, takes_nobody_new


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdrawal(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask once more, then stop the visit or delete what the participant gave; at any time."""
    participant = find_participant(read_visit(request, slug), slug)
    if participant is None or participant.withdrawn_at is not None:
        return redirect(flow.current_url(slug, participant))
    if request.method == "POST":
        leave = stop if request.POST.get("keep") == "yes" and can_stop(participant) else withdraw
        leave(participant)
        close_if_due(participant.survey)
        return redirect("surveys:start", slug)
    context = {"back": flow.current_url(slug, participant), "can_stop": can_stop(participant)}
    return render_for(request, "withdraw.html", participant, context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def another(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for confirmation, then let another person begin in a browser without a panel id."""
    participant = find_participant(read_visit(request, slug), slug)
    if participant is None or not may_restart(participant):
        return redirect(flow.current_url(slug, participant))
    if request.method == "POST":
        response = redirect("surveys:start", slug)
        forget_visit(response, slug)
        return response
    context = {"back": flow.current_url(slug, participant)}
    return render_for(request, "another.html", participant, context)


def can_stop(participant: Participant) -> bool:
    """Whether there are answers to keep and pages to come."""
    return participant.n_answered > 0 and not flow.current_step(participant).is_end


def end_of(end: End) -> Callable[..., HttpResponse]:
    """Return the view of an end of visitors who never became participants."""

    @never_cache
    @require_safe
    def page(request: HttpRequest, slug: str) -> HttpResponse:
        visit = read_visit(request, slug)
        survey = get_object_or_404(Survey, slug=slug)
        participant = find_participant(visit, slug) or _visitor(request, survey, visit)
        if _end_of(participant, visit) is not end:
            return redirect(
                flow.current_url(slug, None if participant._state.adding else participant)
            )
        return end.show(request, participant, end.context(participant, QueryDict()))

    return page


@never_cache
@require_safe
def go_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Redirect to the panel once nothing is left to store, until then to the participant's page."""
    visit = read_visit(request, slug)
    survey = get_object_or_404(Survey, slug=slug)
    participant = find_participant(visit, slug) or _visitor(request, survey, visit)
    end = _end_of(participant, visit)
    address = end.way_back(participant) if end else ""
    return redirect(
        address or flow.current_url(slug, None if participant._state.adding else participant)
    )


def _visitor(request: HttpRequest, survey: Survey, visit: Visit | None) -> Participant:
    """Stands for somebody who is no participant; never saved."""
    visitor = Participant(survey=survey, language=language_of(request, survey, visit))
    visitor.panel_id = visit.panel_id if visit else ""
    return visitor


def _end_of(participant: Participant, visit: Visit | None) -> End | None:
    """The end that a participant or visitor has come to, if any."""
    if not participant._state.adding:
        step = flow.current_step(participant)
        return step if isinstance(step, End) else None
    survey = participant.survey
    if survey.status == Survey.Status.CLOSED or (survey.is_open and takes_nobody_new(survey)):
        return flow.CLOSED
    if visit is not None and visit.has_declined:
        return flow.DECLINED
    return flow.NO_PLACE if survey.is_open and is_full(survey) else None
