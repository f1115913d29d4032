"""What all pages of a participant have in common: who may see them, language, refusals."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import override

from surveys.models import Participant, Survey
from surveys.participation import refusals
from surveys.participation.people.identity import Visit
from surveys.participation.refusals import Refusal
from surveys.protocol.wording import preferred_language, wording


def language_of(request: HttpRequest, survey: Survey | None, visit: Visit | None = None) -> str:
    """The language for somebody who has not agreed yet: chosen, else asked for by the browser."""
    if survey is None:
        return "en"
    if visit is not None and visit.language in survey.protocol.languages:
        return visit.language
    return preferred_language(request, survey.protocol)


def render_page(
    request: HttpRequest,
    template: str,
    survey: Survey | None,
    language: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """A page in that language, with the survey's title above it."""
    title = wording(survey.protocol.title, language) if survey else ""
    with override(language):
        everything = {"survey": survey, "title": title, **context}
        return render(request, f"surveys/{template}", everything, status=status)


def may_restart(participant: Participant) -> bool:
    """Whether somebody else may begin in the participant's browser; a panel's id says who it is."""
    survey = participant.survey
    is_known = bool(participant.panel_id) or participant.simulated or survey.protocol.panel.required
    return survey.is_open and not participant._state.adding and not is_known


def render_for(
    request: HttpRequest,
    template: str,
    participant: Participant,
    context: dict[str, Any],
    status: int = 200,
    may_withdraw: bool = True,
) -> HttpResponse:
    """A page in the language of a participant, who may be offered to withdraw from it."""
    title = wording(participant.protocol.title, participant.language)
    survey = participant.survey
    everything = {
        "participant": participant if may_withdraw else None,
        "may_restart": may_restart(participant),
        "title": title,
        **context,
    }
    return render_page(request, template, survey, participant.language, everything, status)


def refuse_unknown(request: HttpRequest, slug: str) -> HttpResponse:
    """What somebody without our cookie is shown at a page that follows the first one."""
    survey = Survey.objects.filter(slug=slug).first()
    if survey is None or not survey.is_open:
        return redirect("surveys:start", slug)
    has_panel = bool(survey.protocol.panel.name)
    return refuse(
        request, survey, refusals.COOKIE_LOST_PANEL if has_panel else refusals.COOKIE_LOST
    )


def refuse(
    request: HttpRequest,
    survey: Survey | None,
    refusal: Refusal,
    participant: Participant | None = None,
) -> HttpResponse:
    """A page that says what happened and what to do."""
    language = participant.language if participant else language_of(request, survey)
    # Participants may withdraw their answers, also when nothing more is asked.
    context = {"refusal": refusal, "participant": participant}
    return render_page(request, "refused.html", survey, language, context, refusal.status)
