"""Questions of earlier blocks with the model's answers, for blocks that keep them at hand.

Opened in a tab of its own from a question's page, whose clock counts the time away as hidden.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from surveys.models import Participant, Trial
from surveys.participation import flow
from surveys.participation.access import render_for
from surveys.participation.given.earlier import answers_of_block
from surveys.participation.people.identity import read_visit
from surveys.participation.shown.examples import show_examples
from surveys.participation.sql.reads import find_participant
from surveys.participation.standing import kept_blocks, standing_of

NAME = "at_hand"


@never_cache
@require_safe
def at_hand(request: HttpRequest, slug: str) -> HttpResponse:
    """Show them to a participant who is at a later question; send everybody else to their page."""
    participant = find_participant(read_visit(request, slug), slug)
    context = find_context(participant) if participant is not None else None
    if participant is None or context is None:
        return redirect(flow.current_url(slug, participant))
    return render_for(request, "at_hand.html", participant, context)


def find_context(participant: Participant) -> dict[str, Any] | None:
    """Return what the page shows; None where nothing is at hand."""
    trial = _question(participant)
    blocks = kept_blocks(participant, trial) if trial is not None else []
    if not blocks:
        return None
    given = answers_of_block(participant, *blocks)
    return show_examples(participant, [(each.item, each.condition) for each in given])


def _question(participant: Participant) -> Trial | None:
    """The question that the participant is at, if their page is one."""
    is_trial = flow.current_step(participant).name == "trial"
    return standing_of(participant).after if is_trial else None
