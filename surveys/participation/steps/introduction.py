"""Explains the participant's kind of picture by examples; leaving it draws all trials."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from surveys.models import Participant
from surveys.participation.refusals import Refusal
from surveys.participation.shown.examples import show_examples
from surveys.participation.shown.images import examples_of
from surveys.participation.standing import note_standing
from surveys.participation.steps.step import Changes, Context, Step
from surveys.protocol.schema import paragraphs
from surveys.protocol.wording import wording
from surveys.randomisation.trials import make_trials
from surveys.studies.item_drops import find_items

MAX_EXAMPLES = 2


@dataclass(frozen=True)
class Introduction(Step):
    name = "introduction"
    title = "Introduction"
    column = "introduced_at"

    def changes(self, participant: Participant, answer: Any) -> Changes:
        now = timezone.now()
        items = find_items(participant.survey).order_by("is_example", "position")
        trials = make_trials(participant, list(items))
        # Known now, so that nobody has to look up whether a page comes before the first question.
        note_standing(participant, trials[:1])
        columns = {self.column: now, "n_trials": len(trials)}
        return Changes(columns, [*trials, *self._left(participant, 1, now)])

    def context(
        self, participant: Participant, sent: QueryDict, problem: Refusal | None = None
    ) -> Context:
        condition, protocol = participant.group, participant.protocol
        if not condition:
            raise ValueError("A participant without a condition has no introduction yet.")
        # In a study in blocks, the first page of each block explains its pictures.
        is_common = bool(protocol.parts)
        language = participant.language
        examples = [] if is_common else examples_of(participant)
        # What is practised on later is not given away here, unless there is nothing else to show.
        shown = (examples[: len(examples) - protocol.practice] or examples)[:MAX_EXAMPLES]
        specific = "" if is_common else protocol.introduction_of(condition)
        cant_tell = wording(protocol.texts.cant_tell, language)
        instructions = wording(protocol.texts.instructions, language)
        return {
            **show_examples(participant, [(item, condition) for item in shown]),
            "common": paragraphs(wording(protocol.texts.introduction, language)),
            "specific": paragraphs(wording(specific, language)),
            "instructions": paragraphs(instructions.replace("{cant_tell}", cant_tell)),
            "has_practice": protocol.practice > 0,
            "has_parts": is_common,
        }
