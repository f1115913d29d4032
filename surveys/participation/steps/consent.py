"""Information and consent: the first page, for a visitor who is no participant yet."""

from dataclasses import dataclass

from django.db.models import Q
from django.http import QueryDict

from surveys.models import Participant, Survey
from surveys.participation import refusals
from surveys.participation.refusals import Refusal
from surveys.participation.steps.step import Changes, Context, Stage, Step
from surveys.protocol.schema import Protocol, paragraphs
from surveys.protocol.wording import LANGUAGE_NAMES, consent_version, wording


@dataclass(frozen=True)
class Consent(Step):
    """arrival.py answers its requests; enrolment.py stores it, since consent creates the row."""

    name = "start"
    title = "Consent"
    column = "consented_at"
    may_withdraw = False

    def read(self, participant: Participant, sent: QueryDict) -> bool | Refusal:
        """Whether the visitor agrees, to the wording that they were shown."""
        said = sent.getlist("agree")[-1] if "agree" in sent else ""
        agreed = {"yes": True, "no": False}.get(said)
        if agreed is None:
            return refusals.NO_CONSENT
        shown = _shown(participant.protocol, participant.language)
        return refusals.WORDING_CHANGED if agreed and sent.get("wording") != shown else agreed

    def changes(self, participant: Participant, answer: bool) -> Changes:
        return super().changes(participant, answer) if answer else Changes({})

    def context(
        self, participant: Participant, sent: QueryDict, problem: Refusal | None = None
    ) -> Context:
        protocol, language = participant.protocol, participant.language
        others = [code for code in protocol.languages if code != language]
        return {
            "information": paragraphs(wording(protocol.texts.information, language)),
            "contact": wording(protocol.texts.contact, language),
            "consent": wording(protocol.texts.consent, language),
            # Comes back with the form, so that nobody agrees to a wording that they did not see.
            "wording": _shown(protocol, language),
            "other_languages": [(code, LANGUAGE_NAMES[code]) for code in others],
            "panel": protocol.panel,
            "device": protocol.device,
            "checks": protocol.checks,
            "problem": problem,
        }

    def right_answers(self, protocol: Protocol) -> dict[str, str]:
        return {"agree": "yes"}

    def stages(self, survey: Survey) -> list[Stage]:
        return [Stage(self.title, Q())]


def _shown(protocol: Protocol, language: str) -> str:
    """What the page says: its wording, and which sentences on what is stored stand below it."""
    device, checks = protocol.device, protocol.checks
    asked = {
        protocol.panel.name: protocol.panel.name,
        "record": device.record,
        "colour_plates": device.colour_plates,
        "visual": checks.visual,
        "count_events": checks.count_events,
    }
    sentences = [name for name, is_asked in asked.items() if is_asked]
    return " ".join([consent_version(protocol, language), *sentences])
