"""Which page a participant must be on now. The server alone decides; other addresses lead there."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from surveys.models import Participant
from surveys.protocol.schema import Protocol


def _always(protocol: Protocol) -> bool:
    return True


@dataclass(frozen=True)
class Step:
    """One stage of the survey, left for good once it is completed."""

    name: str
    is_completed: Callable[[Participant, Protocol], bool]
    # Whether a survey with this protocol has the step at all.
    is_applicable: Callable[[Protocol], bool] = _always
    # Of a step with several pages: the number of the current one, from 1.
    page: Callable[[Participant], int] | None = None


# The order of the pages before the last one.
STEPS = (
    Step(
        "comprehension",
        lambda person, _: person.understood_at is not None,
        lambda protocol: bool(protocol.comprehension.questions),
    ),
    Step("assignment", lambda person, _: person.number is not None),
    Step("introduction", lambda person, _: person.introduced_at is not None),
    Step(
        "practice",
        lambda person, protocol: person.n_practised >= protocol.practice,
        lambda protocol: protocol.practice > 0,
        page=lambda person: person.n_practised + 1,
    ),
    Step(
        "trial",
        lambda person, _: person.finished_at is not None,
        page=lambda person: person.n_answered + 1,
    ),
    Step(
        "questionnaire",
        lambda person, protocol: person.n_pages >= len(protocol.questionnaire),
        lambda protocol: bool(protocol.questionnaire),
        page=lambda person: person.n_pages + 1,
    ),
    Step(
        "debriefing",
        lambda person, _: person.debriefed_at is not None,
        lambda protocol: bool(protocol.texts.debriefing),
    ),
)
PAGES = {step.name: step.page for step in STEPS}
FIRST, LAST, TURNED_AWAY, WITHDRAWN = "start", "thanks", "turned_away", "withdrawn"
# Pages after which nothing is asked any more; they are shown when the survey is closed, too.
ENDS = (LAST, TURNED_AWAY, WITHDRAWN)


def current_step(participant: Participant | None) -> str:
    """The name of the participant's page; before consent there is no participant yet."""
    if participant is None:
        return FIRST
    if participant.withdrawn_at is not None:
        return WITHDRAWN
    if participant.turned_away:
        return TURNED_AWAY
    protocol = participant.protocol
    for step in STEPS:
        if step.is_applicable(protocol) and not step.is_completed(participant, protocol):
            return step.name
    return LAST


def current_page(participant: Participant) -> int | None:
    """The number of the current page within its step; None where a step has one page only."""
    find = PAGES.get(current_step(participant))
    return find(participant) if find else None


def current_url(slug: str, participant: Participant | None) -> str:
    """The one address at which this participant gets a page instead of a redirect."""
    number = None if participant is None else current_page(participant)
    args = [slug] if number is None else [slug, number]
    return reverse(f"surveys:{current_step(participant)}", args=args)
