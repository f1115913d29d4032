"""Explains the participant's kind of picture by examples; leaving it draws all trials."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from surveys.models import Participant
from surveys.participation.images import Pictures, examples_of, find_pictures
from surveys.participation.item_texts import Told, told_of
from surveys.participation.refusals import Refusal
from surveys.participation.steps.step import Changes, Context, Step
from surveys.protocol.schema import paragraphs
from surveys.protocol.wording import legend_of, option_label, task_of, wording
from surveys.randomisation.trials import make_trials
from surveys.studies.item_drops import find_items

MAX_EXAMPLES = 2


@dataclass(frozen=True)
class Example:
    """An item with the right answer, in words or as the address of a picture."""

    answer: str
    address: str
    pictures: Pictures
    told: list[Told]


@dataclass(frozen=True)
class Introduction(Step):
    name = "introduction"
    title = "Introduction"
    column = "introduced_at"

    def changes(self, participant: Participant, answer: Any) -> Changes:
        now = timezone.now()
        items = find_items(participant.survey).order_by("is_example", "position")
        trials = make_trials(participant, list(items))
        columns = {self.column: now, "n_trials": len(trials)}
        return Changes(columns, [*trials, *self._left(participant, 1, now)])

    def context(
        self, participant: Participant, sent: QueryDict, problem: Refusal | None = None
    ) -> Context:
        condition, protocol = participant.condition, participant.protocol
        if condition is None:
            raise ValueError("A participant without a condition has no introduction yet.")
        language, examples = participant.language, examples_of(participant)
        # What is practised on later is not given away here, unless there is nothing else to show.
        shown = (examples[: len(examples) - protocol.practice] or examples)[:MAX_EXAMPLES]
        pictures = find_pictures(shown, condition, protocol)
        cant_tell = wording(protocol.texts.cant_tell, language)
        instructions = wording(protocol.texts.instructions, language)
        return {
            "common": paragraphs(wording(protocol.texts.introduction, language)),
            "specific": paragraphs(wording(protocol.introduction_of(condition.name), language)),
            "question": wording(protocol.task.first.question or protocol.texts.question, language),
            "instructions": paragraphs(instructions.replace("{cant_tell}", cant_tell)),
            "examples": [
                Example(
                    option_label(protocol, item.key, language),
                    each.choices.get(item.key, ""),
                    each,
                    told_of(protocol, item, language),
                )
                for item, each in zip(shown, pictures, strict=True)
            ],
            "task": task_of(protocol),
            "legend": legend_of(protocol, language),
            "has_practice": protocol.practice > 0,
        }
