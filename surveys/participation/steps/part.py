"""The beginning of a block: what it is about and, where it is new, its kind of picture."""

from dataclasses import dataclass

from django.http import QueryDict

from pv_engine.models import Item
from surveys.models import Participant
from surveys.participation.refusals import Refusal
from surveys.participation.shown.examples import show_examples
from surveys.participation.shown.images import examples_of
from surveys.participation.standing import Standing, standing_of
from surveys.participation.steps.between import BetweenQuestions
from surveys.participation.steps.introduction import MAX_EXAMPLES
from surveys.participation.steps.step import Context
from surveys.protocol.design.groups import conditions_of_parts
from surveys.protocol.design.sizes import n_examples_asked
from surveys.protocol.schema import paragraphs
from surveys.protocol.wording import wording
from surveys.randomisation.blocks import shown_in


@dataclass(frozen=True)
class Part(BetweenQuestions):
    name = "part"
    title = "Beginning of a block"

    def place(self, participant: Participant, standing: Standing) -> int:
        return standing.after.position if standing.begins_block and standing.after else 0

    def context(
        self, participant: Participant, sent: QueryDict, problem: Refusal | None = None
    ) -> Context:
        trial = standing_of(participant).after
        if trial is None:
            raise ValueError("No block begins here.")
        protocol, language = participant.protocol, participant.language
        names = [part.name for part in protocol.parts]
        index = names.index(trial.block)
        condition = trial.shown_to(participant)
        is_new = condition not in _conditions(participant)[:index]
        specific = protocol.introduction_of(condition) if is_new else ""
        return {
            "position": trial.position,
            "number": index + 1,
            "total": len(names),
            "introduction": paragraphs(wording(protocol.parts[index].introduction, language)),
            "specific": paragraphs(wording(specific, language)),
            **show_examples(participant, _examples(participant, condition) if is_new else []),
        }


def _conditions(participant: Participant) -> list[str]:
    """What each block shows to the participant."""
    protocol, number = participant.protocol, participant.number or 0
    own, sequence = shown_in(protocol, participant.group, number, participant.survey.seed)
    return conditions_of_parts(protocol.parts, own, sequence)


def _examples(participant: Participant, condition: str) -> list[tuple[Item, str]]:
    """The first examples that no question is about, under the condition."""
    examples, protocol = examples_of(participant), participant.protocol
    asked = n_examples_asked(protocol, len(examples)) + protocol.practice
    shown: list[Item] = examples[: len(examples) - asked][:MAX_EXAMPLES]
    return [(each, condition) for each in shown]
