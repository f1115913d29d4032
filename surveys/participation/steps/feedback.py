"""The model's answer to the question before, where the block gives feedback after each one."""

from dataclasses import dataclass

from django.http import QueryDict

from surveys.models import Participant, Trial
from surveys.participation.given.earlier import given_answers
from surveys.participation.refusals import Refusal
from surveys.participation.shown.images import find_pictures
from surveys.participation.shown.item_texts import told_of
from surveys.participation.standing import Standing, block_of, standing_of
from surveys.participation.steps.between import BetweenQuestions
from surveys.participation.steps.step import Context
from surveys.protocol.schema import Protocol
from surveys.protocol.wording import legend_of, option_label, task_of


@dataclass(frozen=True)
class Feedback(BetweenQuestions):
    """Comes after the answer is stored, never before. Attention checks have none."""

    name = "feedback"
    title = "Feedback"

    def pages(self, protocol: Protocol) -> int:
        return int(any(part.feedback == "after_each" for part in protocol.parts))

    def place(self, participant: Participant, standing: Standing) -> int:
        trial = standing.before
        if trial is None or trial.kind == Trial.Kind.ATTENTION:
            return 0
        block = block_of(participant, trial)
        return trial.position if block is not None and block.feedback == "after_each" else 0

    def context(
        self, participant: Participant, sent: QueryDict, problem: Refusal | None = None
    ) -> Context:
        trial = standing_of(participant).before
        if trial is None:
            raise ValueError("No question was answered yet.")
        [given] = given_answers(participant, [trial.position])
        protocol, language = participant.protocol, participant.language
        pictures = find_pictures([given.item], trial.shown_to(participant), protocol)[0]
        return {
            "position": trial.position,
            "pictures": pictures,
            "told": told_of(protocol, given.item, language),
            "task": task_of(protocol),
            "legend": legend_of(protocol, language),
            "answer": given.option and option_label(protocol, given.option, language),
            "address": pictures.choices.get(given.option, ""),
            "key": option_label(protocol, given.item.key, language),
            "key_address": pictures.choices.get(given.item.key, ""),
            "is_about_model": not given.item.answer,
            "is_right": given.is_right,
        }
