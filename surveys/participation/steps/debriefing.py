"""What the study was about, shown when everything is answered."""

from dataclasses import dataclass

from django.http import QueryDict

from surveys.models import Participant
from surveys.participation.refusals import Refusal
from surveys.participation.steps.step import Context, Step
from surveys.protocol.schema import paragraphs
from surveys.protocol.wording import wording


@dataclass(frozen=True)
class Debriefing(Step):
    name = "debriefing"
    title = "Debriefing"
    column = "debriefed_at"
    asked_by = "texts.debriefing"

    def context(
        self, participant: Participant, sent: QueryDict, problem: Refusal | None = None
    ) -> Context:
        text = wording(participant.protocol.texts.debriefing, participant.language)
        return {"text": paragraphs(text)}
