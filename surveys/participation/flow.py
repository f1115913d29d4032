"""Which page a participant must be on now. The server alone decides; other addresses lead there."""

from django.urls import reverse

from surveys.models import Participant
from surveys.participation.leaving.outcomes import Outcome, ending_of
from surveys.participation.steps.assignment import Assignment
from surveys.participation.steps.blocks import BETWEEN
from surveys.participation.steps.checks.colour_plates import ColourPlates
from surveys.participation.steps.checks.comprehension import Comprehension
from surveys.participation.steps.checks.visual_checks import VisualChecks
from surveys.participation.steps.consent import Consent
from surveys.participation.steps.debriefing import Debriefing
from surveys.participation.steps.ends import (
    Closed,
    Declined,
    End,
    NoPlace,
    Stopped,
    Thanks,
    TurnedAway,
    Withdrawn,
)
from surveys.participation.steps.introduction import Introduction
from surveys.participation.steps.practice import Practice
from surveys.participation.steps.questionnaire import Questionnaire, QuestionsBefore
from surveys.participation.steps.step import Step
from surveys.participation.steps.trial import TrialPage
from surveys.protocol.schema import Protocol
from surveys.studies.lifecycle.stopping import may_go_on

CONSENT = Consent()
# The order of the pages before the last one: the registry of page types.
STEPS: list[Step] = [
    CONSENT,
    ColourPlates(),
    Comprehension(),
    Assignment(),
    QuestionsBefore(),
    Introduction(),
    Practice(),
    *BETWEEN,
    TrialPage(),
    VisualChecks(),
    Questionnaire(),
    Debriefing(),
]
THANKS, TURNED_AWAY, STOPPED, WITHDRAWN = Thanks(), TurnedAway(), Stopped(), Withdrawn()
# Also for visitors who never became participants.
DECLINED, NO_PLACE, CLOSED = Declined(), NoPlace(), Closed()
ENDS: tuple[End, ...] = (THANKS, TURNED_AWAY, STOPPED, WITHDRAWN, DECLINED, NO_PLACE, CLOSED)


def current_step(participant: Participant | None) -> Step:
    """Return the participant's page; before consent there is no participant yet."""
    if participant is None:
        return CONSENT
    if participant.withdrawn_at is not None:
        return WITHDRAWN
    if participant.turned_away:
        return TURNED_AWAY
    if participant.stopped_at is not None:
        return STOPPED
    step = next_step(participant, participant.protocol)
    return step if step is THANKS or may_go_on(participant) else CLOSED


def next_step(participant: Participant, protocol: Protocol) -> Step:
    """Return the first step that is not completed, whether or not the participant may go on."""
    for step in STEPS:
        if not step.is_complete(participant, protocol):
            return step
    return THANKS


def current_url(slug: str, participant: Participant | None) -> str:
    """Return the one address at which this participant gets a page instead of a redirect."""
    return step_url(slug, current_step(participant), participant)


def step_url(
    slug: str, step: Step, participant: Participant | None, namespace: str = "surveys"
) -> str:
    number = None if participant is None else step.page(participant)
    args = [slug] if number is None else [slug, number]
    return reverse(f"{namespace}:{step.name}", args=args)


def right_answers(name: str, protocol: Protocol) -> dict[str, str]:
    """Return fields of the page of that name that have to be sent so that the survey goes on."""
    found = (step.right_answers(protocol) for step in STEPS if step.name == name)
    return next(found, {})


def outcome_of(participant: Participant, protocol: Protocol) -> Outcome:
    """Return how this participant's visit has ended; UNFINISHED while there is a page to come."""
    has_left = participant.withdrawn_at or participant.stopped_at or participant.turned_away
    if not has_left and participant.finished_at is None:
        # Without a look at the pages between the questions.
        return Outcome.UNFINISHED
    if not has_left and next_step(participant, protocol) is not THANKS:
        return Outcome.UNFINISHED
    return ending_of(participant, protocol)
