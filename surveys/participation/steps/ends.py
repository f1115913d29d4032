"""The pages after which nothing more is asked."""

from dataclasses import dataclass
from typing import ClassVar

from django.http import HttpRequest, HttpResponse, QueryDict

from surveys.models import Participant
from surveys.participation.leaving.outcomes import (
    NO_WAY_BACK,
    Outcome,
    completion_code,
    ending_of,
    return_address,
)
from surveys.participation.refusals import Refusal
from surveys.participation.steps.step import Context, Step
from surveys.protocol.schema import paragraphs
from surveys.protocol.wording import wording
from surveys.studies.lifecycle.stopping import close_if_due


@dataclass(frozen=True)
class End(Step):
    """Shows what the panel wants to see at the end, if there is a panel."""

    template = "ended.html"
    is_end = True
    # The one outcome of this end; others are known from the participant.
    outcome: ClassVar[Outcome | None] = None

    def context(
        self, participant: Participant, sent: QueryDict, problem: Refusal | None = None
    ) -> Context:
        protocol, outcome = participant.protocol, self.outcome_of(participant)
        return {
            "outcome": str(outcome),
            "code": completion_code(protocol, outcome),
            "can_return": bool(self.way_back(participant)),
            "panel": protocol.panel,
            "goes_back": protocol.panel.name not in NO_WAY_BACK,
        }

    def outcome_of(self, participant: Participant) -> Outcome:
        """Return how the visit of a participant on this page has ended."""
        return self.outcome or ending_of(participant, participant.protocol)

    def way_back(self, participant: Participant) -> str:
        """Return the panel's address for a participant on this page; empty without one."""
        outcome = self.outcome_of(participant)
        return return_address(participant.protocol, outcome, participant.panel_id)


@dataclass(frozen=True)
class Thanks(End):
    name = "thanks"
    title = "Last page"
    template = "thanks.html"

    def respond(self, request: HttpRequest, participant: Participant) -> HttpResponse | None:
        close_if_due(participant.survey)
        return super().respond(request, participant)

    def context(
        self, participant: Participant, sent: QueryDict, problem: Refusal | None = None
    ) -> Context:
        text = wording(participant.protocol.texts.thanks, participant.language)
        return {**super().context(participant, sent, problem), "thanks": paragraphs(text)}


@dataclass(frozen=True)
class TurnedAway(End):
    name = "turned_away"
    title = "Turned away"
    path = "ended/"


@dataclass(frozen=True)
class Stopped(End):
    """For a participant who did not want to go on, and whose answers are kept."""

    name = "stopped"
    title = "Stopped"
    outcome = Outcome.PARTIAL


@dataclass(frozen=True)
class Closed(End):
    """For a visitor who comes too late, and a participant whom the closing has stopped."""

    name = "closed"
    title = "Closed"
    outcome = Outcome.CLOSED

    def context(
        self, participant: Participant, sent: QueryDict, problem: Refusal | None = None
    ) -> Context:
        # Who is no participant has nothing to take back.
        who = participant if not participant._state.adding else None
        shown = {"was_closed": True, "participant": who}
        return {**super().context(participant, sent, problem), **shown}

    def outcome_of(self, participant: Participant) -> Outcome:
        return Outcome.PARTIAL if participant.n_answered else Outcome.CLOSED


@dataclass(frozen=True)
class Withdrawn(End):
    name = "withdrawn"
    title = "Withdrawn"
    outcome = Outcome.WITHDRAWN
    may_withdraw = False


@dataclass(frozen=True)
class Declined(End):
    """For a visitor who does not want to take part."""

    name = "declined"
    title = "Declined"
    outcome = Outcome.NO_CONSENT
    may_withdraw = False


@dataclass(frozen=True)
class NoPlace(End):
    """For a visitor who came when all places were taken."""

    name = "no_place"
    title = "All places taken"
    path = "no-place/"
    outcome = Outcome.FULL
    may_withdraw = False
