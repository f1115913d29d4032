"""The introduction once more, for participants who are at their questions.

Opened in a tab of its own from a question's page, whose clock counts the time away as hidden.
"""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from surveys.models import Participant
from surveys.participation import flow
from surveys.participation.access import render_for
from surveys.participation.people.identity import read_visit
from surveys.participation.sql.reads import find_participant
from surveys.participation.steps.introduction import Introduction
from surveys.participation.steps.practice import Practice
from surveys.participation.steps.step import Context
from surveys.participation.steps.trial import TrialPage

NAME = "instructions"
OFFERED_BY = (Practice.name, TrialPage.name)


@never_cache
@require_safe
def instructions(request: HttpRequest, slug: str) -> HttpResponse:
    """Show them to a participant who is at a question; send everybody else to their page."""
    participant = find_participant(read_visit(request, slug), slug)
    context = find_context(participant) if participant is not None else None
    if participant is None or context is None:
        return redirect(flow.current_url(slug, participant))
    return render_for(request, "instructions.html", participant, context)


def find_context(participant: Participant) -> Context | None:
    """Return what the page shows; None where the participant is at no question."""
    if flow.current_step(participant).name not in OFFERED_BY:
        return None
    return Introduction().context(participant, QueryDict())
