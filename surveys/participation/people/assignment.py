"""Assigns participants to conditions and writes it down in the append-only ledger."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.utils import timezone

from surveys.models import Assignment, Condition, Event, PanelIdentity, Participant, Survey
from surveys.participation.leaving.withdrawal import ids_of
from surveys.participation.people.exposure import draw_items, with_draws
from surveys.participation.update_once import update_once
from surveys.protocol.schema import Protocol
from surveys.randomisation.assignment_rules import least_filled, permuted_blocks, round_robin
from surveys.studies.lifecycle.stopping import holds_place, takes_answers


class StudyFullError(Exception):
    """All places are taken; whatever the transaction had written is undone."""


def assign(participant: Participant) -> None:
    """Give the participant the next number and its condition, once however often it is asked for.

    When no place is left, the participant is turned away instead.
    """
    now = timezone.now()
    try:
        with transaction.atomic():
            _assign(participant, now)
    except StudyFullError:
        turn_away(participant, Participant.TurnedAway.FULL)


def turn_away(participant: Participant, reason: Participant.TurnedAway) -> None:
    now = timezone.now()
    with transaction.atomic():
        waiting = Participant.objects.filter(
            pk=participant.pk, number=None, turned_away="", stopped_at=None, withdrawn_at=None
        )
        if update_once(waiting, participant, turned_away=reason, last_active_at=now):
            Event.objects.create(
                participant=participant, kind=Event.Kind.TURNED_AWAY, at=now, detail=reason
            )


def _assign(participant: Participant, now: datetime) -> None:
    """Count up the survey first: that locks its row until the transaction ends.

    So numbers are given without gap or repetition, and the places taken are counted, by one
    request at a time.
    """
    survey_id = participant.survey_id
    still_open = Survey.objects.filter(takes_answers(participant.protocol), pk=survey_id)
    if not still_open.update(assigned=F("assigned") + 1):
        return
    protocol = participant.survey.protocol
    conditions = list(_counted(survey_id, protocol, now))
    survey = conditions[0].survey
    taken = [condition.taken for condition in conditions]
    if 0 < protocol.assignment.places <= sum(taken):
        raise StudyFullError
    kept = find_followed(participant, protocol) if protocol.follows else None
    names = [condition.name for condition in conditions]
    if kept is not None and kept.condition.name in names:
        index, followed = names.index(kept.condition.name), kept.number
    else:
        index, followed = choose(protocol, survey.seed, survey.assigned, taken), None
    condition = conditions[index]
    waiting = Participant.objects.filter(
        pk=participant.pk, number=None, stopped_at=None, withdrawn_at=None
    )
    line = Assignment(
        survey=survey,
        number=survey.assigned,
        condition=condition,
        place=condition.assigned + 1,
        taken=taken if protocol.assignment.mode == "least_filled" else [],
        followed=followed,
        at=now,
        **_items_for(condition, conditions, protocol, survey.assigned),
    )
    if not update_once(
        waiting,
        participant,
        number=line.number,
        condition=condition,
        place=line.place,
        assigned_at=now,
        last_active_at=now,
    ):
        # Another request of the same person was first; its number stands.
        transaction.set_rollback(True)
        return
    line.save(force_insert=True)
    Event.objects.create(
        participant=participant,
        kind=Event.Kind.ASSIGNMENT,
        at=now,
        detail=f"number {line.number}, {condition.name}",
    )


def _items_for(
    condition: Condition, conditions: list[Any], protocol: Protocol, number: int
) -> dict[str, Any]:
    if not protocol.items.by_exposure:
        return {}
    return draw_items(conditions, condition, protocol, number)


def find_followed(participant: Participant, protocol: Protocol) -> Assignment | None:
    """Return the line of the earlier study's ledger that is the same person's, if there is one."""
    known = PanelIdentity.objects.filter(participant=participant)
    panel_id = participant.panel_id or known.values_list("panel_id", flat=True).first()
    earlier = Survey.objects.filter(slug=protocol.follows).first()
    if not panel_id or earlier is None:
        return None
    # Also of somebody who has withdrawn there, whose id is kept as a hash.
    them = Participant.objects.filter(
        survey=earlier, panel_identity__panel_id__in=ids_of(earlier.pk, panel_id)
    )
    lines = Assignment.objects.filter(survey=earlier, number__in=them.values("number"))
    return lines.select_related("condition").first()


def choose(protocol: Protocol, seed: int, number: int, taken: list[int]) -> int:
    """The index of the condition for that number, by the protocol's rule."""
    rule = protocol.assignment
    if rule.mode == "least_filled":
        return least_filled(protocol.ratios, taken, seed, number)
    if rule.mode == "permuted_blocks":
        return permuted_blocks(protocol.ratios, rule.block_sizes, seed, number)
    return round_robin(protocol.ratios, number)


def places_taken(survey: Survey, protocol: Protocol) -> int:
    """Return how many places are taken, by participants who count or may still count."""
    return sum(arm.taken for arm in _counted(survey.pk, protocol, timezone.now()))


def _counted(survey_id: int, protocol: Protocol, now: datetime) -> "QuerySet[Any]":
    """The conditions in the protocol's order, each with `assigned` and `taken`, in one query."""
    holds = holds_place(protocol, now, "participants__")
    counted = (
        Condition.objects.filter(survey=survey_id)
        .select_related("survey")
        .annotate(
            assigned=Count("participants"),
            taken=Count("participants", filter=holds),
        )
        .order_by("position")
    )
    by_exposure = protocol.items.by_exposure
    return with_draws(counted, survey_id, protocol, now) if by_exposure else counted
