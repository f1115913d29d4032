"""The question page: one for all conditions, both steps, checks and repeated questions."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from surveys import answers, flow, messages
from surveys.answers import CONFIDENCE, FIRST
from surveys.forms import read_answer
from surveys.localise import option_label, wording
from surveys.messages import Refusal
from surveys.models import Participant, Trial
from surveys.participant_page import participant_page, refuse, render_for
from surveys.stimuli import Pair, find_pairs

# The participant may mend these on the page itself.
MENDABLE = (messages.NO_ANSWER, messages.NOT_OFFERED, messages.NO_CONFIDENCE)


@participant_page("trial")
def trial(request: HttpRequest, participant: Participant, position: int) -> HttpResponse:
    """One question: an image, its explanation, and the answers to choose from."""
    if request.method != "POST":
        if position != participant.n_answered + 1:
            return redirect(flow.current_url(participant.survey.slug, participant))
        return _show_trial(request, participant)
    refusal = answers.record_answer(participant, position, read_answer(request.POST))
    if refusal in MENDABLE and flow.current_step(participant) == "trial":
        return _show_trial(request, participant, refusal)
    if refusal is not None:
        return refuse(request, participant.survey, refusal, participant)
    return redirect(_next_url(participant, position))


def _next_url(participant: Participant, answered: int) -> str:
    """Where to go after an answer, without asking the database again."""
    slug = participant.survey.slug
    if max(answered, participant.n_answered) >= participant.n_trials:
        return reverse("surveys:elsewhere", args=[slug, "next"])
    if participant.survey.texts.trials.two_step:
        # Perhaps to the second step of the same question.
        return reverse("surveys:elsewhere", args=[slug, "next"])
    return reverse("surveys:trial", args=[slug, max(answered, participant.n_answered) + 1])


def _show_trial(
    request: HttpRequest, participant: Participant, problem: Refusal | None = None
) -> HttpResponse:
    position = participant.n_answered + 1
    coming = Trial.objects.filter(
        participant=participant, position__in=[position, position + 1]
    ).select_related("item")
    trials = list(coming.order_by("position"))
    if not trials or participant.condition is None:
        raise Http404
    answers.mark_shown(trials[0])
    pairs = find_pairs([row.item for row in trials], participant.condition)
    context = {**_trial_context(participant, trials[0], pairs), "problem": problem}
    status = problem.status if problem else 200
    return render_for(request, "trial.html", participant, context, status)


def _trial_context(participant: Participant, trial: Trial, pairs: list[Pair]) -> dict[str, Any]:
    protocol, language = participant.survey.texts, participant.language
    step = answers.step_of(participant, trial)
    shown = pairs[0].alone() if step == FIRST else pairs[0]
    return {
        "position": trial.position,
        "question": wording(protocol.texts.question, language),
        "asked_for": trial.expected and option_label(protocol, trial.expected, language),
        "pair": shown,
        "upcoming": _upcoming(pairs, step),
        "options": [
            (key, option_label(protocol, key, language), key == trial.first_option)
            for key in trial.options
        ],
        "is_first_step": step == FIRST,
        "is_second_step": bool(trial.first_option),
        "confidence": answers.asks_confidence(participant, trial)
        and wording(protocol.texts.confidence, language),
        "confidence_levels": CONFIDENCE,
        "form_key": answers.form_key(participant, trial.position, step),
    }


def _upcoming(pairs: list[Pair], step: str) -> list[str]:
    """The images to fetch ahead: of the next question, or the explanation of this one."""
    ahead = [pairs[0].explanation] if step == FIRST else []
    for pair in pairs[1:]:
        ahead += [pair.original] if step == FIRST else [pair.original, pair.explanation]
    return [address for address in ahead if address]
