"""Makes the page that a preview has come to, by the templates of the survey itself."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from surveys.participation import flow, messages
from surveys.participation.access import render_for, render_page
from surveys.participation.fields import read_comprehension, read_page_answers
from surveys.participation.messages import Refusal
from surveys.participation.outcomes import Outcome, outcome_of
from surveys.participation.steps import introduction
from surveys.participation.upcoming import questions_of
from surveys.preview.walk import Preview
from surveys.studies.blinding import picture_labels
from surveys.trial_page import trial_page

NAMESPACE = "console:preview"
TEMPLATES = {
    "declined": "ended.html",
    flow.TURNED_AWAY: "ended.html",
    flow.WITHDRAWN: "ended.html",
    flow.LAST: "thanks.html",
}


def preview_url(preview: Preview) -> str:
    """The address of the preview's current page."""
    number = preview.page
    args = [preview.survey.slug] if number is None else [preview.survey.slug, number]
    return reverse(f"{NAMESPACE}:{preview.step}", args=args)


def show(
    request: HttpRequest,
    preview: Preview,
    sent: QueryDict,
    problem: Refusal | None = None,
    has_bar: bool = True,
) -> HttpResponse:
    """The current page, with what was sent from it before, if that has to be mended.

    `has_bar` puts the bar above it that says that this is a preview.
    """
    step, status = preview.step, problem.status if problem else 200
    context = {**_context(preview, sent, problem), "namespace": NAMESPACE}
    label = picture_labels(preview.survey)[preview.walk.condition]
    context["preview"] = label if has_bar else ""
    template = TEMPLATES.get(step, f"{step}.html")
    if step in ("start", "declined", flow.WITHDRAWN):
        language = preview.walk.language
        return render_page(request, template, preview.survey, language, context, status)
    return render_for(request, template, preview.participant, context, status)


def _context(preview: Preview, sent: QueryDict, problem: Refusal | None) -> dict[str, Any]:
    person, step = preview.participant, preview.step
    protocol, position = person.protocol, preview.page or 1
    if step == "start":
        return introduction.consent_page(protocol, preview.walk.language, problem)
    if step == "comprehension":
        given = read_comprehension(protocol.comprehension, sent)[1]
        if problem is None and preview.walk.tries:
            problem = messages.NOT_RIGHT_YET
        return introduction.comprehension_page(person, given, problem)
    if step == "introduction":
        return introduction.introduction_page(person)
    if step == "practice":
        drawn = introduction.practice_item(person, position)
        return introduction.practice_page(person, position, drawn, sent.get("answer", ""), problem)
    if step == "trial":
        coming = questions_of(preview.coming_trials, preview.condition)
        return trial_page(person, coming, problem)
    if step == "questionnaire":
        answers, missing = read_page_answers(protocol.questionnaire[position - 1], sent)
        missed = missing if problem else []
        return introduction.questionnaire_page(person, position, answers, missed, problem)
    if step == "debriefing":
        return introduction.debriefing_page(person)
    return _ending(preview)


def _ending(preview: Preview) -> dict[str, Any]:
    person = preview.participant
    if preview.walk.ending:
        outcome = Outcome(preview.walk.ending)
        return introduction.ending_of(person.protocol, outcome, panel_id="preview")
    return introduction.thanks_page(person, outcome_of(person, person.protocol), panel_id="preview")
