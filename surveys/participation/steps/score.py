"""How many right answers somebody gave in a block, where the block says so at its end."""

from dataclasses import dataclass

from django.http import QueryDict

from surveys.models import Participant
from surveys.participation.given.earlier import answers_of_block
from surveys.participation.refusals import Refusal
from surveys.participation.standing import Standing, block_of, standing_of
from surveys.participation.steps.between import BetweenQuestions
from surveys.participation.steps.step import Context
from surveys.protocol.schema import Protocol


@dataclass(frozen=True)
class Score(BetweenQuestions):
    name = "score"
    title = "Score"

    def pages(self, protocol: Protocol) -> int:
        return int(any(part.feedback == "at_end" for part in protocol.parts))

    def place(self, participant: Participant, standing: Standing) -> int:
        if not standing.ends_block or standing.before is None:
            return 0
        block = block_of(participant, standing.before)
        is_due = block is not None and block.feedback == "at_end"
        return standing.before.position if is_due else 0

    def context(
        self, participant: Participant, sent: QueryDict, problem: Refusal | None = None
    ) -> Context:
        trial = standing_of(participant).before
        if trial is None:
            raise ValueError("No question was answered yet.")
        given = answers_of_block(participant, trial.block)
        return {
            "position": trial.position,
            "n_right": sum(each.is_right for each in given),
            "n_asked": len(given),
            # As feedback has it: an item with an answer of its own is not about the model.
            "is_about_model": not any(each.item.answer for each in given),
        }
