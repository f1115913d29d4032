"""The pages before and after the questions, in the order of flow.py."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from surveys.models import Participant
from surveys.participation import assignment as ledger
from surveys.participation import enrolment, flow, messages
from surveys.participation.access import participant_page, render_for
from surveys.participation.fields import read_comprehension, read_page_answers
from surveys.participation.messages import Refusal
from surveys.participation.steps import debriefing as around
from surveys.participation.steps import introduction as pages


def _go_on(participant: Participant) -> HttpResponse:
    """To the page that is current by now.

    Where another request was first and the participant in hand is behind, the page leads on.
    """
    return redirect(flow.current_url(participant.survey.slug, participant))


@participant_page("comprehension")
def comprehension(request: HttpRequest, participant: Participant) -> HttpResponse:
    """Questions about the instructions, with a limited number of tries."""
    check = participant.protocol.comprehension
    problem: Refusal | None = None
    given: dict[int, int] = {}
    if request.method == "POST":
        attempt, given, is_right = read_comprehension(check, request.POST)
        is_complete = len(given) == len(check.questions)
        if is_complete:
            around.try_comprehension(participant, attempt, is_right)
            return _go_on(participant)
        problem = messages.NOT_ALL_ANSWERED
    elif participant.comprehension_tries:
        problem = messages.NOT_RIGHT_YET
    context = pages.comprehension_page(participant, given, problem)
    status = problem.status if problem and request.method == "POST" else 200
    return render_for(request, "comprehension.html", participant, context, status)


@participant_page("assignment")
def assignment(request: HttpRequest, participant: Participant) -> HttpResponse:
    """No page of its own: the participant gets a condition and goes on."""
    ledger.assign(participant)
    if participant.number is None and not participant.turned_away:
        # Another request of the same person was first, or the survey has just been closed.
        return redirect("surveys:introduction", participant.survey.slug)
    return _go_on(participant)


@participant_page("introduction")
def introduction(request: HttpRequest, participant: Participant) -> HttpResponse:
    """Explains the participant's kind of picture by an example."""
    if request.method == "POST" or participant.condition is None:
        enrolment.begin(participant)
        return _go_on(participant)
    context = pages.introduction_page(participant)
    return render_for(request, "introduction.html", participant, context)


@participant_page("practice", page="position")
def practice(request: HttpRequest, participant: Participant, position: int) -> HttpResponse:
    """A worked question about an example; the answer is not stored."""
    if request.POST.get("seen") == "yes":
        around.finish_practice(participant, position)
        return _go_on(participant)
    if participant.condition is None:
        return _go_on(participant)
    drawn = pages.practice_item(participant, position)
    answer = request.POST.get("answer", "")
    is_amiss = request.method == "POST" and answer not in drawn[1]
    problem = messages.NO_ANSWER if is_amiss else None
    context = pages.practice_page(participant, position, drawn, answer, problem)
    status = problem.status if problem else 200
    return render_for(request, "practice.html", participant, context, status)


@participant_page("questionnaire", page="position")
def questionnaire(request: HttpRequest, participant: Participant, position: int) -> HttpResponse:
    """One page of questions about the participant."""
    page = participant.protocol.questionnaire[position - 1]
    answers, missing = read_page_answers(page, request.POST)
    if request.method == "POST" and not missing:
        around.answer_page(participant, position, answers)
        return _go_on(participant)
    problem = messages.NOT_ALL_ANSWERED if request.method == "POST" else None
    missed = missing if problem else []
    context = pages.questionnaire_page(participant, position, answers, missed, problem)
    status = problem.status if problem else 200
    return render_for(request, "questionnaire.html", participant, context, status)


@participant_page("debriefing")
def debriefing(request: HttpRequest, participant: Participant) -> HttpResponse:
    """What the study was about, told when everything is answered."""
    if request.method == "POST":
        around.leave_debriefing(participant)
        return _go_on(participant)
    context = pages.debriefing_page(participant)
    return render_for(request, "debriefing.html", participant, context)
