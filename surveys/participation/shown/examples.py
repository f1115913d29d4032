"""Items that are shown with their right answers: examples, and questions that were answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pv_engine.models import Item
from surveys.models import Participant
from surveys.participation.shown.images import Pictures, find_pictures_of
from surveys.participation.shown.item_texts import Told, told_of
from surveys.protocol.wording import legend_of, option_label, task_of, wording


@dataclass(frozen=True)
class Example:
    """An item with the right answer, in words or as the address of a picture."""

    answer: str
    address: str
    pictures: Pictures
    told: list[Told]


def show_examples(participant: Participant, shown: Sequence[tuple[Item, str]]) -> dict[str, Any]:
    """Return what includes/examples.html needs, of items each under its condition."""
    protocol, language = participant.protocol, participant.language
    examples = [
        Example(
            option_label(protocol, item.key, language),
            pictures.choices.get(item.key, ""),
            pictures,
            told_of(protocol, item, language),
        )
        for (item, _), pictures in zip(shown, find_pictures_of(shown, protocol), strict=True)
    ]
    return {
        "examples": examples,
        "question": wording(protocol.task.first.question or protocol.texts.question, language),
        "task": task_of(protocol),
        "legend": legend_of(protocol, language),
    }
