"""The question page: shows the current trial, takes its answer, and shows the next one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from surveys.models import Participant
from surveys.participation import answers, flow, messages
from surveys.participation.access import participant_page, refuse, render_for
from surveys.participation.answers import Taken
from surveys.participation.fields import read_answer
from surveys.participation.messages import Refusal
from surveys.participation.sql import writes
from surveys.participation.upcoming import Question, coming_questions
from surveys.trial_page import trial_page

# The participant may mend these on the page itself.
MENDABLE = (messages.NO_ANSWER, messages.NOT_OFFERED, messages.NO_CONFIDENCE)


@participant_page("trial")
def trial(request: HttpRequest, participant: Participant, position: int) -> HttpResponse:
    """One question: an image, its explanation, and the answers to choose from.

    An answer is answered by the next question at once, not by a redirect to it: participants wait
    for one exchange with the server instead of two. trial.js gives that page its own address.
    """
    if request.method == "POST":
        return _take_answer(request, participant, position)
    if position != participant.n_answered + 1:
        return redirect(flow.current_url(participant.survey.slug, participant))
    coming = coming_questions(participant, 2)
    for question in coming[:1]:
        writes.show(question.trial, timezone.now())
    return _show_trial(request, participant, coming)


def _take_answer(request: HttpRequest, participant: Participant, position: int) -> HttpResponse:
    # The one that is answered, the one to show next, and the one whose images are fetched ahead.
    coming = coming_questions(participant, 3)
    trials = [question.trial for question in coming]
    result = answers.record_answer(participant, position, read_answer(request.POST), trials)
    if result in MENDABLE and flow.current_step(participant) == "trial":
        return _show_trial(request, participant, coming, result)
    if isinstance(result, Refusal):
        return refuse(request, participant.survey, result, participant)
    if result is Taken.BEFORE or participant.finished_at is not None:
        return redirect(flow.current_url(participant.survey.slug, participant))
    return _show_trial(request, participant, coming)


def _show_trial(
    request: HttpRequest,
    participant: Participant,
    coming: list[Question],
    problem: Refusal | None = None,
) -> HttpResponse:
    """The first of these that is not answered yet; the images of the one after it come along."""
    left = [each for each in coming if each.trial.position > participant.n_answered][:2]
    if not left:
        raise Http404
    context = trial_page(participant, left, problem)
    status = problem.status if problem else 200
    return render_for(request, "trial.html", participant, context, status)
