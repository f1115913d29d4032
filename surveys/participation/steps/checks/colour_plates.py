"""Plates with numbers in coloured dots, where the protocol asks for them."""

from dataclasses import dataclass

from django.http import QueryDict

from surveys.models import Participant
from surveys.participation import refusals
from surveys.participation.refusals import Refusal
from surveys.participation.shown.plates import NUMBERS
from surveys.participation.steps.step import Changes, Context, Step
from surveys.protocol.schema import Protocol

LONGEST = 3


@dataclass(frozen=True)
class ColourPlates(Step):
    """What is read is stored and not judged; an empty field says that no number was seen."""

    name = "colours"
    title = "Colour plates"
    template = "colours.html"
    asked_by = "device.colour_plates"

    def pages(self, protocol: Protocol) -> int:
        return int(bool(protocol.device.colour_plates))

    def read(self, participant: Participant, sent: QueryDict) -> list[str] | Refusal:
        read = [sent.get(name, "").strip() for name in _fields(participant.protocol)]
        is_wrong = any(each and not (each.isdecimal() and len(each) <= LONGEST) for each in read)
        return refusals.NO_NUMBER if is_wrong else read

    def changes(self, participant: Participant, answer: list[str]) -> Changes:
        changes = super().changes(participant, answer)
        device = {**participant.device, "plates": answer}
        return Changes({**changes.columns, "device": device}, changes.rows)

    def context(
        self, participant: Participant, sent: QueryDict, problem: Refusal | None = None
    ) -> Context:
        fields = _fields(participant.protocol)
        return {
            "plates": [(n, name, sent.get(name, "")) for n, name in enumerate(fields, start=1)],
            "problem": problem,
        }

    def right_answers(self, protocol: Protocol) -> dict[str, str]:
        return dict(zip(_fields(protocol), NUMBERS, strict=False))


def _fields(protocol: Protocol) -> list[str]:
    return [f"plate_{number}" for number in range(1, protocol.device.colour_plates + 1)]
