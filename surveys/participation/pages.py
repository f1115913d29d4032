"""The one view of all participants' pages: it lets nobody be anywhere but at their page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from surveys.participation import flow
from surveys.participation.access import refuse_unknown
from surveys.participation.people.identity import read_visit
from surveys.participation.sql.reads import find_participant
from surveys.participation.steps.step import Step


def page_of(step: Step) -> Callable[..., HttpResponse]:
    """Return the view of a step's pages, which sends everybody else to theirs."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    def page(request: HttpRequest, slug: str, position: int | None = None) -> HttpResponse:
        visit = read_visit(request, slug)
        participant = find_participant(visit, slug)
        if visit is None:
            return refuse_unknown(request, slug)
        if participant is None:
            return redirect("surveys:start", slug)
        current = flow.current_step(participant)
        is_here = current is step and position == step.page(participant)
        may_answer = current not in (flow.STOPPED, flow.CLOSED)
        is_judged = request.method == "POST" and step.judges_late_forms and may_answer
        response = step.respond(request, participant) if is_here or is_judged else None
        return response or redirect(flow.current_url(slug, participant))

    return page


@require_safe
def elsewhere(request: HttpRequest, slug: str, rest: str) -> HttpResponse:
    """Any other address below a survey's: the way to the participant's page."""
    participant = find_participant(read_visit(request, slug), slug)
    return redirect(flow.current_url(slug, participant))
