"""What a panel needs to know of a study: its address, and what each completion code means."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from study.probes.site import ONLY_HERE
from surveys.participation.leaving.outcomes import NO_WAY_BACK, Outcome, completion_code
from surveys.protocol.schema import Protocol

# What panels put into an address for the ids of participant, study and visit, in the order of
# `PANEL_PARAMETERS`; Mechanical Turk adds its parameters by itself.
PLACEHOLDERS = {
    "prolific": ("{{%PROLIFIC_PID%}}", "{{%STUDY_ID%}}", "{{%SESSION_ID%}}"),
    "sona": ("%SURVEY_CODE%", "", ""),
}
# Outcome -> when its code is given, and what one does with the submission.
MEANINGS = {
    Outcome.COMPLETE: ("Everything is answered.", "Approve and pay."),
    Outcome.FAILED_CHECKS: (
        "Everything is answered, with too many failed attention checks.",
        "Look at it yourself before you pay; failed checks are no proof.",
    ),
    Outcome.SCREENED_OUT: ("The comprehension check was failed.", "Screen out, with its payment."),
    Outcome.NO_CONSENT: ("Consent was declined.", "Return the submission."),
    Outcome.FULL: ("All places were taken.", "Return the submission."),
    Outcome.CLOSED: ("The study was closed before anything was answered.", "Return it."),
    Outcome.PARTIAL: ("Some questions are answered and kept.", "Pay for the part."),
    Outcome.WITHDRAWN: ("The participant withdrew; nothing is kept.", "Pay nevertheless."),
}


@dataclass(frozen=True)
class Ending:
    """One way in which a visit can end, as the panel sees it."""

    meaning: str
    advice: str
    # Empty where the protocol gives none.
    code: str


def panel_address(entry: str, protocol: Protocol) -> str:
    """The study's address with the panel's placeholders for its ids."""
    marks = PLACEHOLDERS.get(protocol.panel.name, ())
    # Not encoded: panels look for their placeholders as they are written.
    pairs = [f"{name}={mark}" for name, mark in zip(protocol.panel.parameters, marks, strict=False)
             if mark]  # fmt: skip
    return f"{entry}?{'&'.join(pairs)}" if pairs else entry


def endings(protocol: Protocol) -> list[Ending]:
    """Every way in which a visit can end, the usual one first."""
    return [
        Ending(meaning, advice, completion_code(protocol, outcome))
        for outcome, (meaning, advice) in MEANINGS.items()
    ]


def missing_points(protocol: Protocol, entry: str) -> list[str]:
    """What should be true before somebody recruits with the protocol's panel, a sentence each."""
    panel = protocol.panel
    if not panel.name:
        return []
    points = {
        "Only this machine can open the address; run Foresee on a public server.": (
            urlsplit(entry).hostname not in ONLY_HERE
        ),
        "Participants who finish get no completion code; enter it under Edit, Recruiting.": bool(
            panel.codes.complete
        ),
        "Participants are not sent back by themselves; enter the way back under Edit.": (
            bool(panel.return_url) or panel.name in NO_WAY_BACK
        ),
        "People without an id may take part; turn them away under Edit, Recruiting.": (
            panel.required
        ),
    }
    return [sentence for sentence, is_met in points.items() if not is_met]
