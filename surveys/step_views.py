"""The pages before and after the questions, in the order of flow.py."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from pv_engine.models import Item
from surveys import around, ledger, messages, services
from surveys.drawing import draw_practice_options
from surveys.forms import read_comprehension, read_page_answers
from surveys.localise import option_label, wording
from surveys.messages import Refusal
from surveys.models import Participant
from surveys.participant_page import participant_page, render_for
from surveys.protocol import paragraphs
from surveys.questions import show_comprehension, show_page
from surveys.stimuli import find_pairs

MAX_EXAMPLES = 2


def _go_on(participant: Participant) -> HttpResponse:
    """To the page that is current by now; the address of a step gone by leads there, too."""
    return redirect("surveys:elsewhere", participant.survey.slug, "next")


@participant_page("comprehension")
def comprehension(request: HttpRequest, participant: Participant) -> HttpResponse:
    """Questions about the instructions, with a limited number of tries."""
    check = participant.survey.texts.comprehension
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
    context = {
        "introduction": paragraphs(
            wording(participant.survey.texts.texts.introduction, participant.language)
        ),
        "questions": show_comprehension(check, given, participant.language),
        "attempt": participant.comprehension_tries,
        "tries_left": check.tries - participant.comprehension_tries,
        "problem": problem,
    }
    status = problem.status if problem and request.method == "POST" else 200
    return render_for(request, "comprehension.html", participant, context, status)


@participant_page("assignment")
def assignment(request: HttpRequest, participant: Participant) -> HttpResponse:
    """No page of its own: the participant gets a condition and goes on."""
    ledger.assign(participant)
    return _go_on(participant)


@participant_page("introduction")
def introduction(request: HttpRequest, participant: Participant) -> HttpResponse:
    """Explains the participant's kind of picture by an example."""
    survey, condition, language = participant.survey, participant.condition, participant.language
    protocol = survey.texts
    if request.method == "POST" or condition is None:
        services.begin(participant)
        return _go_on(participant)
    examples = _examples(participant)
    # What is practised on later is not given away here, unless there is nothing else to show.
    shown = (examples[: len(examples) - protocol.practice] or examples)[:MAX_EXAMPLES]
    answers = [option_label(protocol, example.prediction, language) for example in shown]
    context = {
        "common": paragraphs(wording(protocol.texts.introduction, language)),
        "specific": paragraphs(wording(protocol.introduction_of(condition.name), language)),
        "question": wording(protocol.texts.question, language),
        "cant_tell": wording(protocol.texts.cant_tell, language),
        "examples": list(zip(answers, find_pairs(shown, condition), strict=True)),
        "has_practice": protocol.practice > 0,
    }
    return render_for(request, "introduction.html", participant, context)


def _examples(participant: Participant) -> list[Item]:
    stimulus_set = participant.survey.stimulus_set_id
    found = Item.objects.filter(stimulus_set=stimulus_set, is_example=True)
    return list(found.order_by("position"))


@participant_page("practice", page="position")
def practice(request: HttpRequest, participant: Participant, position: int) -> HttpResponse:
    """A worked question about an example; the answer is not stored."""
    protocol, language = participant.survey.texts, participant.language
    if request.POST.get("seen") == "yes":
        around.finish_practice(participant, position)
        return _go_on(participant)
    # The last examples, so that the introduction can show the first ones.
    item = _examples(participant)[position - protocol.practice - 1]
    options = draw_practice_options(
        item, protocol, participant.survey.seed, participant.number or 0
    )
    answer = request.POST.get("answer", "")
    problem: Refusal | None = None
    if request.method == "POST" and answer not in options:
        problem = messages.NO_ANSWER
    if participant.condition is None:
        return _go_on(participant)
    context = {
        "position": position,
        "total": protocol.practice,
        "question": wording(protocol.texts.question, language),
        "pair": find_pairs([item], participant.condition)[0],
        "options": [
            (option, option_label(protocol, option, language), False) for option in options
        ],
        "problem": problem,
        "answer": answer in options and option_label(protocol, answer, language),
        "prediction": option_label(protocol, item.prediction, language),
        "is_right": answer == item.prediction,
    }
    status = problem.status if problem else 200
    return render_for(request, "practice.html", participant, context, status)


@participant_page("questionnaire", page="position")
def questionnaire(request: HttpRequest, participant: Participant, position: int) -> HttpResponse:
    """One page of questions about the participant."""
    pages = participant.survey.texts.questionnaire
    page = pages[position - 1]
    answers, missing = read_page_answers(page, request.POST)
    if request.method == "POST" and not missing:
        around.answer_page(participant, position, answers)
        return _go_on(participant)
    problem = messages.NOT_ALL_ANSWERED if request.method == "POST" else None
    context = {
        "position": position,
        "total": len(pages),
        "heading": wording(page.title, participant.language),
        "questions": show_page(page, answers, missing if problem else [], participant.language),
        "problem": problem,
    }
    status = problem.status if problem else 200
    return render_for(request, "questionnaire.html", participant, context, status)


@participant_page("debriefing")
def debriefing(request: HttpRequest, participant: Participant) -> HttpResponse:
    """What the study was about, told when everything is answered."""
    if request.method == "POST":
        around.leave_debriefing(participant)
        return _go_on(participant)
    text = wording(participant.survey.texts.texts.debriefing, participant.language)
    return render_for(request, "debriefing.html", participant, {"text": paragraphs(text)})
