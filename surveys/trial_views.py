"""The question page: shows the current trial and takes its answer."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from surveys import answers, flow, messages
from surveys.forms import read_answer
from surveys.messages import Refusal
from surveys.models import Participant, Trial
from surveys.participant_page import participant_page, refuse, render_for
from surveys.trial_page import trial_page

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
    if participant.protocol.trials.two_step:
        # Perhaps to the second step of the same question.
        return reverse("surveys:elsewhere", args=[slug, "next"])
    return reverse("surveys:trial", args=[slug, max(answered, participant.n_answered) + 1])


def _show_trial(
    request: HttpRequest, participant: Participant, problem: Refusal | None = None
) -> HttpResponse:
    position = participant.n_answered + 1
    coming = Trial.objects.filter(participant=participant, position__in=[position, position + 1])
    trials = list(coming.order_by("position"))
    if not trials or participant.condition is None:
        raise Http404
    answers.mark_shown(trials[0])
    context = trial_page(participant, trials, problem)
    status = problem.status if problem else 200
    return render_for(request, "trial.html", participant, context, status)
