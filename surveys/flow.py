"""Which page a participant must be on now. The server alone decides; other addresses lead there."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from surveys.models import Participant


@dataclass(frozen=True)
class Step:
    """One stage of the survey, left for good once it is completed."""

    name: str
    is_completed: Callable[[Participant], bool]


# The order of the pages before the last one.
STEPS = (
    Step("introduction", lambda participant: participant.introduced_at is not None),
    Step("trial", lambda participant: participant.finished_at is not None),
)
FIRST, LAST = "start", "thanks"


def current_step(participant: Participant | None) -> str:
    """The name of the participant's page; before consent there is no participant yet."""
    if participant is None:
        return FIRST
    return next((step.name for step in STEPS if not step.is_completed(participant)), LAST)


def current_trial(participant: Participant) -> int:
    """The position of the trial that is to be answered next."""
    return participant.n_answered + 1


def current_url(slug: str, participant: Participant | None) -> str:
    """The one address at which this participant gets a page instead of a redirect."""
    step = current_step(participant)
    if step == "trial" and participant is not None:
        return reverse("surveys:trial", args=[slug, current_trial(participant)])
    return reverse(f"surveys:{step}", args=[slug])
