"""The participant's pages: find out who asks, ask flow.py and services.py, render."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from pv_engine.models import Item
from surveys import flow, messages, services
from surveys.forms import read_answer, read_consent
from surveys.identity import Visit, is_simulated, new_visit, read_visit, write_visit
from surveys.messages import Refusal
from surveys.models import Participant, Survey, Trial
from surveys.protocol import CANT_TELL, paragraphs
from surveys.stimuli import find_pairs, open_image

MAX_EXAMPLES = 2

PageView = Callable[Concatenate[HttpRequest, Participant, ...], HttpResponse]


def participant_page(step: str) -> Callable[[PageView], Callable[..., HttpResponse]]:
    """Lets a view answer only for participants whose page it is; sends everybody else to theirs."""

    def decorate(view: PageView) -> Callable[..., HttpResponse]:
        @never_cache
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def wrapped(request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponse:
            participant = find_participant(read_visit(request, slug), slug)
            if participant is None:
                return redirect("surveys:start", slug)
            current = flow.current_step(participant)
            if current != flow.LAST and not participant.survey.is_open:
                return refuse(request, participant.survey, messages.CLOSED)
            # A stale form of a step gone by is judged by the view of that step.
            if current != step and not (request.method == "POST" and step == "trial"):
                return redirect(flow.current_url(slug, participant))
            return view(request, participant, **kwargs)

        return wrapped

    return decorate


def find_participant(visit: Visit | None, slug: str) -> Participant | None:
    if visit is None:
        return None
    everything = Participant.objects.select_related("survey", "condition")
    return everything.filter(token=visit.token, survey__slug=slug).first()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Information and consent; or, for whoever has agreed already, the way to their page."""
    visit = read_visit(request, slug)
    participant = find_participant(visit, slug)
    if participant is not None:
        return redirect(flow.current_url(slug, participant))
    survey = Survey.objects.filter(slug=slug).first()
    if survey is None:
        return refuse(request, None, messages.UNKNOWN_STUDY)
    if not survey.is_open:
        draft = survey.status == Survey.Status.DRAFT
        return refuse(request, survey, messages.NOT_OPEN_YET if draft else messages.CLOSED)
    if request.method == "POST":
        return _agree(request, survey, visit)
    return _welcome(request, survey, visit)


def _welcome(request: HttpRequest, survey: Survey, visit: Visit | None) -> HttpResponse:
    simulated = is_simulated(request, survey.slug)
    if simulated is None:
        return refuse(request, survey, messages.WRONG_BOT)
    response = render(request, "surveys/start.html", _consent_context(survey))
    if visit is None and request.method == "GET":
        services.count_arrival(survey)
        path = reverse("surveys:start", args=[survey.slug])
        write_visit(response, new_visit(simulated), survey.slug, path)
    return response


def _agree(request: HttpRequest, survey: Survey, visit: Visit | None) -> HttpResponse:
    if visit is None:
        return refuse(request, survey, messages.COOKIES_REFUSED)
    if not read_consent(request.POST):
        problem = messages.NO_CONSENT
        context = {**_consent_context(survey), "problem": problem}
        return render(request, "surveys/start.html", context, status=problem.status)
    refusal = services.consent(survey, visit)
    if refusal is not None:
        return refuse(request, survey, refusal)
    return redirect("surveys:introduction", survey.slug)


def _consent_context(survey: Survey) -> dict[str, Any]:
    texts = survey.texts.texts
    return {
        "survey": survey,
        "information": paragraphs(texts.information),
        "consent": texts.consent,
    }


@participant_page("introduction")
def introduction(request: HttpRequest, participant: Participant) -> HttpResponse:
    """Explains the participant's kind of picture by an example."""
    survey, condition = participant.survey, participant.condition
    if request.method == "POST":
        services.begin(participant)
        return redirect("surveys:trial", survey.slug, 1)
    if condition is None:
        raise Http404
    protocol = survey.texts
    examples = list(
        Item.objects.filter(stimulus_set=survey.stimulus_set_id, is_example=True)[:MAX_EXAMPLES]
    )
    context = {
        "survey": survey,
        "texts": protocol.texts,
        "common": paragraphs(protocol.texts.introduction),
        "specific": paragraphs(protocol.introduction_of(condition.name)),
        "examples": list(zip(examples, find_pairs(examples, condition), strict=True)),
    }
    return render(request, "surveys/introduction.html", context)


@participant_page("trial")
def trial(request: HttpRequest, participant: Participant, position: int) -> HttpResponse:
    """One question: an image, its explanation, and the answers to choose from."""
    if request.method != "POST":
        if position != flow.current_trial(participant):
            return redirect(flow.current_url(participant.survey.slug, participant))
        return _show_trial(request, participant)
    refusal = services.record_answer(participant, position, read_answer(request.POST))
    if refusal in (messages.NO_ANSWER, messages.NOT_OFFERED):
        return _show_trial(request, participant, refusal)
    if refusal is not None:
        return refuse(request, participant.survey, refusal)
    return redirect(_next_url(participant, position))


def _next_url(participant: Participant, answered: int) -> str:
    """Where to go after an answer, without asking the database again."""
    slug = participant.survey.slug
    done = max(answered, participant.n_answered)
    if done >= participant.n_trials:
        return reverse("surveys:thanks", args=[slug])
    return reverse("surveys:trial", args=[slug, done + 1])


def _show_trial(
    request: HttpRequest, participant: Participant, problem: Refusal | None = None
) -> HttpResponse:
    position = flow.current_trial(participant)
    coming = Trial.objects.filter(
        participant=participant, position__in=[position, position + 1]
    ).select_related("item")
    trials = list(coming.order_by("position"))
    if not trials or participant.condition is None:
        raise Http404
    services.mark_shown(trials[0])
    pairs = find_pairs([row.item for row in trials], participant.condition)
    texts = participant.survey.texts.texts
    context = {
        "survey": participant.survey,
        "participant": participant,
        "position": position,
        "question": texts.question,
        "pair": pairs[0],
        "next_pair": pairs[1] if len(pairs) > 1 else None,
        "options": [
            (key, texts.cant_tell if key == CANT_TELL else key) for key in trials[0].options
        ],
        "form_key": services.form_key(participant, position),
        "problem": problem,
    }
    status = problem.status if problem else 200
    return render(request, "surveys/trial.html", context, status=status)


@participant_page("thanks")
def thanks(request: HttpRequest, participant: Participant) -> HttpResponse:
    survey = participant.survey
    context = {"survey": survey, "thanks": paragraphs(survey.texts.texts.thanks)}
    return render(request, "surveys/thanks.html", context)


def refuse(request: HttpRequest, survey: Survey | None, refusal: Refusal) -> HttpResponse:
    """A page that says what happened and what to do."""
    context = {"survey": survey, "refusal": refusal}
    return render(request, "surveys/refused.html", context, status=refusal.status)


def cookies_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What Django shows when a form comes without the cookie that was sent with it."""
    match = request.resolver_match
    slug = match.kwargs.get("slug", "") if match else ""
    survey = Survey.objects.filter(slug=slug).first()
    return refuse(request, survey, messages.COOKIES_REFUSED)


@require_safe
def elsewhere(request: HttpRequest, slug: str, rest: str) -> HttpResponse:
    """Any other address below a survey's: the way to the participant's page."""
    return redirect(flow.current_url(slug, find_participant(read_visit(request, slug), slug)))


@require_GET
@cache_control(public=True, max_age=31_536_000, immutable=True)
def stimulus(request: HttpRequest, file_name: str) -> HttpResponseBase:
    """One image, by its content hash; it never changes, so browsers need not ask again."""
    found = open_image(file_name)
    if found is None:
        raise Http404
    image, content_type = found
    return FileResponse(image, content_type=content_type)
