"""The question page: one for all conditions, both steps, attention checks, repeated questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext, override

from surveys.models import Participant, Survey, Trial
from surveys.participation import refusals
from surveys.participation.access import refuse
from surveys.participation.given import answers
from surveys.participation.given.answers import FIRST, Judged, SentAnswer, Taken
from surveys.participation.given.measures import read_measures
from surveys.participation.people.device import read_device
from surveys.participation.refusals import Refusal
from surveys.participation.shown.images import Pictures
from surveys.participation.shown.item_texts import told_of
from surveys.participation.shown.questions import show_first, show_further
from surveys.participation.sql import writes
from surveys.participation.sql.reads import UpcomingTrial, upcoming_trials
from surveys.participation.standing import kept_blocks, note_standing
from surveys.participation.steps.blocks import is_page_between
from surveys.participation.steps.step import Changes, Context, Stage, Step
from surveys.protocol.schema import Protocol
from surveys.protocol.wording import legend_of, option_label, task_of
from surveys.studies.questions import n_questions_of

LONGEST_FIELD = 200
# The participant may correct these on the page itself.
CORRECTABLE = (
    refusals.NO_ANSWER,
    refusals.NOT_OFFERED,
    refusals.NO_CONFIDENCE,
    refusals.NOT_ALL_ANSWERED,
    refusals.TOO_EARLY,
)


@dataclass(frozen=True)
class TrialPage(Step):
    """One question: an image, its explanation, and the answers to choose from.

    An answer is answered by the next question at once, not by a redirect to it: participants wait
    for one exchange with the server instead of two. trial.js gives that page its own address.
    """

    name = "trial"
    title = "Question"
    column = "n_answered"
    is_numbered = True
    judges_late_forms = True

    def is_complete(self, participant: Participant, protocol: Protocol) -> bool:
        return participant.finished_at is not None

    def respond(self, request: HttpRequest, participant: Participant) -> HttpResponse | None:
        if request.method == "POST":
            return self._take_answer(request, participant)
        upcoming = upcoming_trials(participant, 2)
        if upcoming and answers.is_out_of_time(participant, upcoming[0].trial):
            answers.miss(participant, [each.trial for each in upcoming])
            return None
        return self._show_again(request, participant, upcoming)

    def _take_answer(self, request: HttpRequest, participant: Participant) -> HttpResponse | None:
        # The one that is answered, the one to show next, and the one whose images are prefetched.
        upcoming = upcoming_trials(participant, 3)
        trials = [each.trial for each in upcoming]
        is_interrupted = is_page_between(participant, trials)
        # The next question is shown, and its clock starts, only where no page comes before it.
        shown = trials[:1] if is_interrupted else trials
        position = request.resolver_match.kwargs["position"] if request.resolver_match else 0
        result = answers.record_answer(participant, position, read_answer(request.POST), shown)
        if isinstance(result, Refusal):
            if result in CORRECTABLE and participant.finished_at is None:
                return self._show_again(request, participant, upcoming, result)
            return refuse(request, participant.survey, result, participant)
        if result is Taken.BEFORE:
            return None
        is_answered = participant.n_answered == trials[0].position
        if is_answered:
            note_standing(participant, trials)
        if participant.finished_at is not None or (is_answered and is_interrupted):
            return None
        return self._show(request, participant, upcoming)

    def _show_again(
        self,
        request: HttpRequest,
        participant: Participant,
        upcoming: list[UpcomingTrial],
        problem: Refusal | None = None,
    ) -> HttpResponse:
        """The first of these, counted: with it the page's clock starts from 0."""
        if upcoming and request.method != "HEAD":
            writes.run(writes.show(upcoming[0].trial, timezone.now()))
        return self._show(request, participant, upcoming, problem)

    def _show(
        self,
        request: HttpRequest,
        participant: Participant,
        upcoming: list[UpcomingTrial],
        problem: Refusal | None = None,
    ) -> HttpResponse:
        """The first of these that is not answered yet, and the images of the one after it."""
        left = [each for each in upcoming if each.trial.position > participant.n_answered][:2]
        if not left:
            raise Http404
        sent = request.POST if problem else QueryDict()
        context = _context(participant, left, sent, problem)
        return self.show(request, participant, context, problem)

    def read(self, participant: Participant, sent: QueryDict) -> Judged | Refusal:
        """For a preview, where each form is of the current question."""
        trial = upcoming_trials(participant, 1)[0].trial
        return answers.judge(participant, trial, read_answer(sent))

    def changes(self, participant: Participant, answer: Judged) -> Changes:
        trial = upcoming_trials(participant, 1)[0].trial
        return Changes(answers.columns_of(participant, trial, answer.option, timezone.now()))

    def rehearse(self, participant: Participant, answer: Judged) -> dict[str, Any]:
        trial = upcoming_trials(participant, 1)[0].trial
        if answers.step_of(participant, trial) == FIRST:
            trial.first_option = answer.option
            return {}
        trial.rehearsed_option = answer.option
        return dict(super().rehearse(participant, answer))

    def context(
        self, participant: Participant, sent: QueryDict, problem: Refusal | None = None
    ) -> Context:
        return _context(participant, upcoming_trials(participant, 2), sent, problem)

    def stages(self, survey: Survey) -> list[Stage]:
        checks = survey.protocol.checks
        n = n_questions_of(survey) + len(checks.attention_after) + checks.repeats
        # The first, every quarter and the last one are enough to see where people leave.
        main = {1, n, *(round(n * quarter / 4) for quarter in (1, 2, 3))}
        return [
            Stage(f"Question {k} of {n}", Q(n_answered__gte=k), k in main) for k in range(1, n + 1)
        ]


def read_answer(sent: QueryDict) -> SentAnswer:
    """Return the answer as sent; times that cannot be true are left out rather than stored."""
    return SentAnswer(
        option=sent.get("answer", "")[:LONGEST_FIELD],
        form_key=sent.get("form_key", "")[:LONGEST_FIELD],
        measures=read_measures(sent),
        device=read_device(sent),
        fields=sent,
        is_timed_out=bool(sent.get("timed_out")),
    )


def _context(
    participant: Participant,
    upcoming: Sequence[UpcomingTrial],
    sent: QueryDict,
    problem: Refusal | None,
) -> Context:
    """What the page of the first of these shows; images of the next one are prefetched."""
    trial, pictures = upcoming[0].trial, [each.pictures for each in upcoming]
    protocol, language = participant.protocol, participant.language
    step = answers.step_of(participant, trial)
    is_first_step = step == FIRST
    return {
        "position": trial.position,
        "asked_for": _asked_for(protocol, trial, language),
        "pictures": pictures[0].without_explanation() if is_first_step else pictures[0],
        "upcoming": _prefetched(pictures, step),
        "first": show_first(participant, trial.options, pictures[0], sent, trial.first_option),
        "further": []
        if is_first_step
        else show_further(participant, trial, pictures[0], sent, problem is not None),
        "told": told_of(protocol, trial.item, language) if protocol.task.told else [],
        "task": task_of(protocol),
        "legend": legend_of(protocol, language),
        "is_first_step": is_first_step,
        "is_second_step": bool(trial.first_option),
        "form_key": answers.form_key(participant, trial.position, step),
        "records_device": protocol.device.record,
        "at_hand": bool(kept_blocks(participant, trial)),
        "problem": problem,
    }


def _asked_for(protocol: Protocol, trial: Trial, language: str) -> str:
    """What an attention check asks for; of pictures the place, since their names are secret."""
    if trial.expected and protocol.task.first.kind == "pictures":
        with override(language):
            return gettext("Picture %(number)s") % {
                "number": trial.options.index(trial.expected) + 1
            }
    return trial.expected and option_label(protocol, trial.expected, language)


def _prefetched(pictures: list[Pictures], step: str) -> list[str]:
    """The images of the next question, or the explanation of this one."""
    if step != FIRST:
        return [address for each in pictures[1:] for address in each.addresses]
    later = [each.without_explanation().addresses for each in pictures[1:]]
    return [*pictures[0].explanations, *(address for each in later for address in each)]
