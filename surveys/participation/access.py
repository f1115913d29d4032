"""What all pages of a participant have in common: who may see them, language, refusals."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from surveys.models import Participant, Survey
from surveys.participation import flow, messages
from surveys.participation.identity import Visit, read_visit
from surveys.participation.messages import Refusal
from surveys.participation.sql.reads import ComposedOnce
from surveys.protocol.wording import preferred_language, wording

PageView = Callable[Concatenate[HttpRequest, Participant, ...], HttpResponse]
# A form of these steps that was sent before is judged by its own view.
JUDGED = ("trial",)


def participant_page(
    *steps: str, page: str = ""
) -> Callable[[PageView], Callable[..., HttpResponse]]:
    """Lets a view answer only for participants whose page it is; sends everybody else to theirs.

    `page` names the address's argument that must be the number of the current page.
    """

    def decorate(view: PageView) -> Callable[..., HttpResponse]:
        @never_cache
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def wrapped(request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponse:
            participant = find_participant(read_visit(request, slug), slug)
            if participant is None:
                return redirect("surveys:start", slug)
            current = flow.current_step(participant)
            if current not in flow.ENDS and not participant.survey.is_open:
                return refuse(request, participant.survey, messages.CLOSED, participant)
            is_judged = request.method == "POST" and set(steps) & set(JUDGED)
            is_here = current in steps and (
                not page or kwargs[page] == flow.current_page(participant)
            )
            if not is_here and not is_judged:
                return redirect(flow.current_url(slug, participant))
            return view(request, participant, **kwargs)

        return wrapped

    return decorate


def find_participant(visit: Visit | None, slug: str) -> Participant | None:
    if visit is None:
        return None
    found = _PARTICIPANTS.rows(token=visit.token, slug=slug)
    return found[0] if found else None


def _participants(token: str, slug: str) -> "QuerySet[Participant]":
    everything = Participant.objects.select_related("survey", "condition")
    # In no order: there is one at most, and sorting would look up the survey's age.
    return everything.filter(token=token, survey__slug=slug).order_by()


# Every page asks this, so its SQL is composed once.
_PARTICIPANTS = ComposedOnce(_participants, token="token?", slug="slug?")  # noqa: S106 - a mark


def language_of(request: HttpRequest, survey: Survey | None, visit: Visit | None = None) -> str:
    """The language for somebody who has not agreed yet: chosen, else asked for by the browser."""
    if survey is None:
        return "en"
    if visit is not None and visit.language in survey.texts.languages:
        return visit.language
    return preferred_language(request, survey.texts)


def render_page(
    request: HttpRequest,
    template: str,
    survey: Survey | None,
    language: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """A page in that language, with the survey's title above it."""
    title = wording(survey.texts.title, language) if survey else ""
    with override(language):
        everything = {"survey": survey, "title": title, **context}
        return render(request, f"surveys/{template}", everything, status=status)


def render_for(
    request: HttpRequest,
    template: str,
    participant: Participant,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """A page in the language of a participant, who may withdraw from it."""
    title = wording(participant.protocol.title, participant.language)
    everything = {"participant": participant, "title": title, **context}
    survey = participant.survey
    return render_page(request, template, survey, participant.language, everything, status)


def refuse(
    request: HttpRequest,
    survey: Survey | None,
    refusal: Refusal,
    participant: Participant | None = None,
) -> HttpResponse:
    """A page that says what happened and what to do."""
    language = participant.language if participant else language_of(request, survey)
    # Whoever has answered something may take it back, also when nothing more is asked.
    context = {"refusal": refusal, "participant": participant}
    return render_page(request, "refused.html", survey, language, context, refusal.status)
