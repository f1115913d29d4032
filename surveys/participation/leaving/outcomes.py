"""How a visit ends, and what the panel learns about it."""

from enum import StrEnum
from urllib.parse import quote

from surveys.models import Participant
from surveys.protocol.schema import Protocol

# The code is copied into the panel's own page, which stays open beside ours.
NO_WAY_BACK = ("mturk",)


class Outcome(StrEnum):
    """The ways in which a visit can end; each but the last has a completion code of its own."""

    COMPLETE = "complete"
    SCREENED_OUT = "screened_out"
    FAILED_CHECKS = "failed_checks"
    NO_CONSENT = "no_consent"
    FULL = "full"
    CLOSED = "closed"
    PARTIAL = "partial"
    WITHDRAWN = "withdrawn"
    UNFINISHED = "unfinished"


def ending_of(participant: Participant, protocol: Protocol) -> Outcome:
    """Return how the visit of a participant who has come to an end has ended."""
    if participant.withdrawn_at is not None:
        return Outcome.WITHDRAWN
    if participant.turned_away:
        return Outcome(participant.turned_away)
    if participant.stopped_at is not None:
        return Outcome.PARTIAL
    if participant.n_failed_checks > protocol.checks.allowed_failures:
        return Outcome.FAILED_CHECKS
    return Outcome.COMPLETE


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
