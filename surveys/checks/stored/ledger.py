"""The ledger of conditions, and the participants whom it names."""

from collections.abc import Iterator

from surveys.checks.stored.rows import CHUNK
from surveys.models import Assignment, Participant, Survey
from surveys.participation.people.assignment import choose
from surveys.randomisation.least_shown import Exposure, add_draw, draw_least_shown
from surveys.studies.item_drops import find_items


def numbers_have_no_gaps(survey: Survey) -> Iterator[str]:
    numbers = Assignment.objects.filter(survey=survey).order_by("number")
    expected = 0
    for number in numbers.values_list("number", flat=True).iterator(CHUNK):
        expected += 1
        if number != expected:
            yield f"Number {expected} is missing in the ledger; the next one there is {number}."
            return
    if survey.assigned != expected:
        yield f"The study counts {survey.assigned} assigned participants, but has {expected}."


def ledger_follows_the_rule(survey: Survey) -> Iterator[str]:
    """Derive every line of the ledger from the seed and the earlier lines; yield differences."""
    conditions, protocol = list(survey.conditions.order_by("position")), survey.protocol
    given = [0] * len(conditions)
    indices = {arm.pk: index for index, arm in enumerate(conditions)}
    is_counted = protocol.assignment.mode == "least_filled"
    lines = Assignment.objects.filter(survey=survey).order_by("number")
    for line in lines.iterator(CHUNK):
        index = indices[line.condition_id]
        where = f"Number {line.number} of the ledger"
        possible = len(line.taken) == (len(conditions) if is_counted else 0) and all(
            0 <= taken <= before for taken, before in zip(line.taken, given, strict=False)
        )
        if not possible:
            yield f"{where} counts places as taken that were never given."
        elif line.followed is not None:
            yield from _compare_with_earlier(survey, line, conditions[index].name, where)
        else:
            right = choose(protocol, survey.seed, line.number, line.taken)
            if index != right:
                names = [conditions[each].name for each in (right, index)]
                yield f"{where} should be in {names[0]}, but is in {names[1]}."
        given[index] += 1
        if line.place != given[index]:
            yield f"{where} should be place {given[index]} of its condition, but is {line.place}."


def _compare_with_earlier(
    survey: Survey, line: Assignment, group: str, where: str
) -> Iterator[str]:
    """The group of somebody who took part in the study before, from that study's ledger."""
    followed = line.followed or 0
    earlier = Assignment.objects.filter(survey__slug=survey.protocol.follows, number=followed)
    name = earlier.values_list("condition__name", flat=True).first()
    if name != group:
        was = f"in {name}" if name else "not there"
        whose = f"number {line.followed} of the earlier study"
        yield f"{where} keeps {group} of {whose}, who was {was}."


def draws_follow_the_counts(survey: Survey) -> Iterator[str]:
    """Derive the items of every line again from its counts, which must be possible."""
    protocol, is_drawn = survey.protocol, survey.protocol.items.by_exposure
    items = find_items(survey).filter(is_example=False).order_by("position")
    strata = dict(items.values_list("name", "stratum"))
    index = {name: place for place, name in enumerate(strata)}
    earlier: dict[str, dict[str, list[int]]] = {}
    lines = Assignment.objects.filter(survey=survey).select_related("condition")
    for line in lines.order_by("number").iterator(CHUNK):
        where, group = f"Number {line.number} of the ledger", line.condition.name
        if bool(line.drawn) != is_drawn:
            yield f"{where} has drawn items where none are drawn, or lacks them."
        if not is_drawn or not line.drawn:
            continue
        given = earlier.setdefault("" if protocol.items.is_crossed else group, {})
        if not _is_at_most(line.exposure, given):
            yield f"{where} counts items as shown that were never given."
        right = draw_least_shown(strata, protocol, group, line.number, survey.seed, line.exposure)
        if line.drawn != right:
            yield f"{where} has other items than its counts and the seed give."
        add_draw(protocol, index, line.drawn, given)


def _is_at_most(exposure: Exposure, most: Exposure) -> bool:
    return all(
        0 <= shown <= given
        for key, counts in exposure.items()
        for shown, given in zip(counts, most.get(key, [0] * len(counts)), strict=True)
    )


def participants_follow_the_ledger(survey: Survey) -> Iterator[str]:
    lines = {line.number: line for line in Assignment.objects.filter(survey=survey)}
    stored = Participant.objects.filter(survey=survey).exclude(number=None).order_by("number")
    for person in stored.iterator(CHUNK):
        line = lines.pop(person.number or 0, None)
        if line is None:
            yield f"Participant {person.number} is not in the ledger."
        elif person.condition_id != line.condition_id or person.place != line.place:
            yield f"Participant {person.number} is in another condition than the ledger says."
    for number in lines:
        yield f"Participant number {number} is in the ledger, but not among the participants."
