"""Trials and dropped items: as the seed and the protocol have them."""

from collections.abc import Iterator

from django.db.models import Count

from surveys.checks.stored.rows import CHUNK, trials_of
from surveys.models import Assignment, Participant, Survey, Trial
from surveys.randomisation.least_shown import DrawnPart
from surveys.randomisation.trials import Deck, DrawnTrial, draw_trials
from surveys.studies.item_drops import find_drops, find_items
from surveys.studies.questions import n_questions_of


def trials_follow_the_seed(survey: Survey) -> Iterator[str]:
    """Question order and option orders, derived again from the seed."""
    items = find_items(survey).order_by("is_example", "position")
    deck, protocol = Deck.of(list(items)), survey.protocol
    drawn: dict[int, list[DrawnTrial]] = {}
    given = dict[int, list[DrawnPart]]()
    if protocol.items.by_exposure:
        lines = Assignment.objects.filter(survey=survey)
        given = dict(lines.values_list("number", "drawn"))
    for trial in trials_of(survey).iterator(CHUNK):
        number, place = trial.participant.number or 0, trial.participant.place or 0
        if number not in drawn:
            # Trials come participant by participant, so those of one are enough to keep.
            group = trial.participant.group
            own = given.get(number)
            drawn = {number: draw_trials(deck, protocol, survey.seed, number, place, group, own)}
        yield from _compare(trial, drawn[number], f"Trial {trial.position} of participant {number}")


def _compare(trial: Trial, drawn: list[DrawnTrial], where: str) -> Iterator[str]:
    right = drawn[trial.position - 1] if 0 < trial.position <= len(drawn) else None
    if right is None or (trial.item.name, trial.kind) != (right.item, right.kind):
        yield f"{where} is about {trial.item.name}, which the seed does not put there."
    elif sorted(trial.options) != sorted(right.options):
        yield f"{where} shows other options than its item has."
    elif trial.options != right.options:
        yield f"{where} shows its options in another order than the seed gives."
    elif trial.expected != right.expected:
        yield f"{where} asks for another option than the seed gives."
    elif (trial.condition, trial.block) != (right.condition, right.block):
        yield f"{where} shows another condition, or is in another block, than the seed gives."


def drops_are_the_protocols(survey: Survey) -> Iterator[str]:
    dropped = sorted(survey.protocol.dropped)
    stored = sorted(drop.item.name for drop in find_drops(survey).values())
    if dropped != stored:
        yield (
            f"The protocol drops {', '.join(dropped) or 'nothing'}, but the database drops "
            f"{', '.join(stored) or 'nothing'}."
        )


def items_were_dropped_before_opening(survey: Survey) -> Iterator[str]:
    for drop in find_drops(survey).values():
        if survey.opened_at is not None and drop.at > survey.opened_at:
            yield f"{drop.item.name} was dropped after the study was opened."


def trials_are_complete(survey: Survey) -> Iterator[str]:
    checks = survey.protocol.checks
    expected = n_questions_of(survey) + checks.repeats + len(checks.attention_after)
    everybody = Participant.objects.filter(survey=survey).annotate(n_stored=Count("trials"))
    for person in everybody.iterator(CHUNK):
        right = expected if person.introduced_at is not None else 0
        if (person.n_trials, person.n_stored) != (right, right):
            yield (
                f"Participant {person.number} should have {right} trials, but {person.n_stored} "
                f"are stored and {person.n_trials} are counted."
            )
