"""What a participant has answered, beside what the model answered: for feedback after answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pv_engine.models import Item
from surveys.models import Participant, Trial

# Their options have no right one.
UNSCORED = (Trial.Kind.ATTENTION,)


@dataclass(frozen=True)
class GivenAnswer:
    """One question that the participant has gone on from. Nothing here exists before that."""

    position: int
    item: Item
    condition: str
    # Empty where the question was left without an answer.
    option: str

    @property
    def is_right(self) -> bool:
        """Whether it is the right answer, which is the model's unless the item has its own."""
        return self.option == self.item.key


def given_answers(participant: Participant, positions: Sequence[int]) -> list[GivenAnswer]:
    """Return the answers to the trials at these positions, in order, in one query."""
    return _answered(participant, position__in=positions)


def answers_of_block(participant: Participant, *blocks: str) -> list[GivenAnswer]:
    """Return the answers to all questions of these blocks that were answered so far."""
    return _answered(participant, block__in=blocks)


def _answered(participant: Participant, **which: Any) -> list[GivenAnswer]:
    if participant.rehearsed_trials is not None:
        [(name, wanted)] = which.items()
        attribute = name.removesuffix("__in")
        trials = participant.rehearsed_trials[: participant.n_answered]
        rows = [(each, each.rehearsed_option) for each in trials
                if getattr(each, attribute) in wanted]  # fmt: skip
    else:
        passed = {"participant": participant, "position__lte": participant.n_answered}
        related = Trial.objects.filter(**passed, **which).select_related("item", "response")
        rows = [(each, _option_of(each)) for each in related.order_by("position")]
    return [
        GivenAnswer(
            position=trial.position,
            item=trial.item,
            condition=trial.shown_to(participant),
            option=option,
        )
        for trial, option in rows
        if trial.kind not in UNSCORED
    ]


def _option_of(trial: Trial) -> str:
    response = getattr(trial, "response", None)
    return response.option if response else ""
