"""How a visit ends, and what the panel is told about it."""

from enum import StrEnum
from urllib.parse import quote

from surveys.models import Participant
from surveys.protocol.schema import Protocol


class Outcome(StrEnum):
    """The ways in which a visit can end; each but the last two has a completion code of its own."""

    COMPLETE = "complete"
    SCREENED_OUT = "screened_out"
    FAILED_CHECKS = "failed_checks"
    NO_CONSENT = "no_consent"
    FULL = "full"
    WITHDRAWN = "withdrawn"
    UNFINISHED = "unfinished"


def outcome_of(participant: Participant, protocol: Protocol) -> Outcome:
    """How this participant's visit has ended; UNFINISHED while there is a page to come."""
    if participant.withdrawn_at is not None:
        return Outcome.WITHDRAWN
    if participant.turned_away:
        return Outcome(participant.turned_away)
    if not is_through(participant, protocol):
        return Outcome.UNFINISHED
    if participant.n_failed_checks > protocol.checks.allowed_failures:
        return Outcome.FAILED_CHECKS
    return Outcome.COMPLETE


def is_through(participant: Participant, protocol: Protocol) -> bool:
    """Whether the last answer that the survey asks for is stored."""
    return (
        participant.finished_at is not None
        and participant.n_pages >= len(protocol.questionnaire)
        and (participant.debriefed_at is not None or not protocol.texts.debriefing)
    )


def completion_code(protocol: Protocol, outcome: Outcome) -> str:
    """The code of an outcome; empty when the protocol gives none."""
    return str(getattr(protocol.panel.codes, outcome, ""))


def return_address(protocol: Protocol, outcome: Outcome, panel_id: str) -> str:
    """Where to send the participant back to; empty when there is no such place."""
    code = completion_code(protocol, outcome)
    address = protocol.panel.return_url
    if not address or not code or ("{participant}" in address and not panel_id):
        return ""
    filled = address.replace("{code}", quote(code, safe=""))
    return filled.replace("{participant}", quote(panel_id, safe=""))
