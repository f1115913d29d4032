"""Draws a participant's trials, practice and checks from the seed and the participant's number.

Nothing else goes in, so check_data draws them again and compares.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pv_engine.models import Item
from surveys.models import Assignment, Participant, Trial
from surveys.protocol.questions.kind import CANT_TELL
from surveys.protocol.schema import Protocol
from surveys.protocol.task import TaskQuestion
from surveys.randomisation.blocks import deal_blocks
from surveys.randomisation.item_draws import drawn_items
from surveys.randomisation.least_shown import DrawnPart, draw_least_shown
from surveys.randomisation.seeds import option_order, question_order, seeded_number, seeded_order

if TYPE_CHECKING:
    from pv_engine.models import Item

# The items of each block, by its name.
ByBlock = Mapping[str, list[str]]
MAIN, ATTENTION, REPEAT, EXAMPLE = "main", "attention", "repeat", "example"


@dataclass(frozen=True)
class PlannedTrial:
    """What a trial is about, before its options are drawn."""

    kind: str
    # The item's name in the stimulus set.
    item: str
    # Empty where the participant's group says it.
    condition: str = ""
    block: str = ""


@dataclass(frozen=True, kw_only=True)
class DrawnTrial(PlannedTrial):
    """One trial before it is stored."""

    position: int
    options: list[str]
    # Of an attention check: the option that its text asks for.
    expected: str = ""


@dataclass(frozen=True)
class Deck:
    """What trials are drawn from: item name -> its four options, in the set's order.

    `strata` maps the names of `items` to their strata.
    """

    items: Mapping[str, list[str]]
    examples: Mapping[str, list[str]]
    strata: Mapping[str, str]

    @classmethod
    def of(cls, items: "Sequence[Item]") -> "Deck":
        return cls(
            {item.name: item.options for item in items if not item.is_example},
            {item.name: item.options for item in items if item.is_example},
            {item.name: item.stratum for item in items if not item.is_example},
        )


def draw_trials(
    deck: Deck,
    protocol: Protocol,
    seed: int,
    number: int,
    place: int,
    group: str = "",
    drawn: Sequence[DrawnPart] | None = None,
) -> list[DrawnTrial]:
    """Return all trials of the participant, in the order in which they are asked.

    `group` matters only to studies in blocks. `drawn` has the items that the ledger gives the
    participant, where they are drawn by exposure; without it, as if nobody had been shown any.
    """
    by_block = None
    if protocol.items.by_exposure:
        if drawn is None:
            drawn = draw_least_shown(deck.strata, protocol, group, number, seed, {})
        by_block = {part["block"]: part["items"] for part in drawn}
    if protocol.parts:
        planned = _plan_blocks(deck, protocol, seed, number, place, group, by_block)
    else:
        planned = _plan(deck, protocol, seed, number, place, by_block)
    # From the last one, so that the places of those before it stay what they are.
    for check, after in reversed(list(enumerate(protocol.checks.attention_after, start=1))):
        name = seeded_order(list(deck.examples), seed, number, "attention", check)[0]
        planned.insert(after, replace(planned[after - 1], kind=ATTENTION, item=name))
    return [
        _draw(deck, protocol, seed, number, position, trial)
        for position, trial in enumerate(planned, start=1)
    ]


def _plan(
    deck: Deck, protocol: Protocol, seed: int, number: int, place: int, drawn: ByBlock | None
) -> list[PlannedTrial]:
    names = list(deck.items)
    if drawn is not None:
        names = drawn[""]
    elif protocol.items.is_partial:
        names = drawn_items(deck.strata, protocol.items, seed, place)
    order = question_order(names, protocol.question_order, seed, number, place)
    repeated = _repeated(order, protocol.checks.repeats, seed, number)
    return [
        *(PlannedTrial(MAIN, name) for name in order),
        *(PlannedTrial(REPEAT, name) for name in repeated),
    ]


def _plan_blocks(
    deck: Deck,
    protocol: Protocol,
    seed: int,
    number: int,
    place: int,
    group: str,
    drawn: ByBlock | None,
) -> list[PlannedTrial]:
    """The questions of each block, in an order within the block."""
    planned = []
    for block in deal_blocks(
        deck.strata, list(deck.examples), protocol, group, number, place, seed, drawn
    ):
        pool, kind = (deck.items, MAIN) if block.pool == "items" else (deck.examples, EXAMPLE)
        names = [name for name in pool if name in set(block.items)]
        for name in question_order(names, protocol.question_order, seed, number, place):
            planned.append(PlannedTrial(kind, name, block.condition, block.name))
    return planned


def _draw(
    deck: Deck, protocol: Protocol, seed: int, number: int, position: int, trial: PlannedTrial
) -> DrawnTrial:
    is_check = trial.kind == ATTENTION
    pool = deck.examples if trial.kind in (ATTENTION, EXAMPLE) else deck.items
    of_item = pool[trial.item]
    classes = protocol.task.first.options_of(of_item)
    expected = ""
    if is_check:
        expected = classes[seeded_number(len(classes), seed, number, "attention", position)]
    options = arrange(protocol.task.first, of_item, protocol, seed, number, position)
    return DrawnTrial(**vars(trial), position=position, options=options, expected=expected)


def arrange(
    question: TaskQuestion,
    item_options: Sequence[str],
    protocol: Protocol,
    seed: int,
    number: int,
    place: int | str,
) -> list[str]:
    """Return the question's options as participant `number` sees them in one trial, the `place`."""
    options = question.options_of(item_options)
    if question.order == "fixed":
        return [*options, CANT_TELL] if question.cant_tell else options
    if question.cant_tell:
        options = [*options, CANT_TELL]
    last = CANT_TELL if protocol.trials.cant_tell == "last" else ""
    return option_order(options, seed, number, place, last)


def _repeated(order: list[str], count: int, seed: int, number: int) -> list[str]:
    """Return n items from the first half of the order, in an order of their own."""
    first_half = order[: len(order) // 2]
    return seeded_order(first_half, seed, number, "repeats")[:count]


def draw_practice_options(item: "Item", protocol: Protocol, seed: int, number: int) -> list[str]:
    """The options of a practice item, in the order in which the participant sees them."""
    place = f"practice/{item.name}"
    return arrange(protocol.task.first, item.options, protocol, seed, number, place)


def make_trials(participant: Participant, items: list[Item]) -> list[Trial]:
    """The participant's trials, as the survey's seed and the participant's number have it.

    The ledger has the items of a participant whose study draws them by exposure.
    """
    if participant.number is None or participant.place is None:
        raise ValueError("A participant without a number has no trials yet.")
    survey, by_name = participant.survey, {item.name: item for item in items}
    drawn = draw_trials(
        Deck.of(items),
        participant.protocol,
        survey.seed,
        participant.number,
        participant.place,
        participant.group,
        _drawn_for(participant),
    )
    return [
        Trial(
            participant=participant,
            position=trial.position,
            kind=trial.kind,
            item=by_name[trial.item],
            options=trial.options,
            expected=trial.expected,
            condition=trial.condition,
            block=trial.block,
        )
        for trial in drawn
    ]


def _drawn_for(participant: Participant) -> list[DrawnPart] | None:
    """The items in the ledger; None where there are none, as in a preview."""
    if not participant.protocol.items.by_exposure or participant._state.adding:
        return None
    number = participant.number or 0
    lines = Assignment.objects.filter(survey=participant.survey_id, number=number)
    return lines.values_list("drawn", flat=True).first()
