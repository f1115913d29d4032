"""Drops items from a study before it opens, each with a reason; never afterwards.

The stimulus set stays as it is, since other studies may use it: the study leaves items out. What
was left out when the survey opened is recorded in the audit log with the hashes of the opening.
"""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, QuerySet

from accounts.audit import Action, record
from pv_engine.models import Item
from surveys.errors import ItemDropError
from surveys.models import ItemDrop, Survey
from surveys.protocol import Protocol

LONGEST_REASON = ItemDrop._meta.get_field("reason").max_length or 0


def find_items(survey: Survey) -> QuerySet[Item]:
    """What participants are shown: the set's items and examples, without those dropped."""
    everything = Item.objects.filter(stimulus_set=survey.stimulus_set_id)
    return everything.exclude(pk__in=ItemDrop.objects.filter(survey=survey).values("item"))


def find_drops(survey: Survey) -> dict[int, ItemDrop]:
    """Item id -> its drop, of the survey's present stimulus set; one query."""
    drops = ItemDrop.objects.filter(survey=survey, item__stimulus_set=survey.stimulus_set_id)
    return {drop.item_id: drop for drop in drops.select_related("item").order_by("item__position")}


@transaction.atomic
def drop_item(survey: Survey, item: Item, person: User, reason: str) -> ItemDrop:
    """Leave the item out of the study.

    Raises ItemDropError when the survey has been opened, the reason is missing or too long, the
    item is an example or dropped already, or too few items would be left.
    """
    _hold_unopened(survey)
    said = " ".join(reason.split())
    if not 0 < len(said) <= LONGEST_REASON:
        raise ItemDropError(
            f"Say in 1 to {LONGEST_REASON} characters why {item.name} is dropped; "
            f"the reason has {len(said)}."
        )
    if item.is_example or item.stimulus_set_id != survey.stimulus_set_id:
        raise ItemDropError(f"{item.name} is not asked about in this study; drop one of its items.")
    if ItemDrop.objects.filter(survey=survey, item=item).exists():
        raise ItemDropError(f"{item.name} is dropped already.")
    _require_enough(survey, item)
    drop = ItemDrop.objects.create(
        survey=survey, item=item, reason=said, by=person,
        by_name=person.get_full_name() or person.username,
    )  # fmt: skip
    record(person, Action.ITEM_DROPPED, survey, item=item.name, reason=said)
    return drop


@transaction.atomic
def take_item_back(survey: Survey, item: Item, person: User) -> bool:
    """Ask about a dropped item after all; False when it is not dropped.

    Raises ItemDropError when the survey has been opened.
    """
    _hold_unopened(survey)
    count, _ = ItemDrop.objects.filter(survey=survey, item=item).delete()
    if count:
        record(person, Action.ITEM_TAKEN_BACK, survey, item=item.name)
    return bool(count)


def copy_drops(survey: Survey, pilot: Survey) -> None:
    """A pilot tries out what the study will ask, so it leaves out what the study does."""
    ItemDrop.objects.bulk_create(
        ItemDrop(survey=pilot, item=drop.item, reason=drop.reason, by=drop.by,
                 by_name=drop.by_name, at=drop.at)
        for drop in ItemDrop.objects.filter(survey=survey).select_related("item", "by")
    )  # fmt: skip


def opening_details(survey: Survey) -> dict[str, dict[str, str]]:
    """What the audit log says of dropped items when the survey opens; nothing without any."""
    drops = {drop.item.name: drop.reason for drop in find_drops(survey).values()}
    return {"dropped_items": drops} if drops else {}


def _hold_unopened(survey: Survey) -> None:
    """Opening and dropping wait for each other: the update takes the survey's row."""
    unopened = Survey.objects.filter(pk=survey.pk, opened_at=None)
    if not unopened.update(assigned=F("assigned")):
        raise ItemDropError(
            f"The survey {survey.slug!r} has been opened, so its items may not change any more; "
            "load the protocol under another slug to ask about others."
        )


def _require_enough(survey: Survey, item: Item) -> None:
    left = find_items(survey).filter(is_example=False).exclude(pk=item.pk).count()
    needed = _needed(survey.texts)
    if left < needed:
        raise ItemDropError(
            f"Without {item.name} there would be {left} items, but the protocol needs at least "
            f"{needed}; take another item back, or change its checks."
        )


def why_not_enough(survey: Survey, protocol: Protocol) -> str:
    """Why a draft's drops do not go with a changed protocol of the same stimulus set; or empty."""
    left = find_items(survey).filter(is_example=False).count()
    needed, n_dropped = _needed(protocol), len(find_drops(survey))
    if not n_dropped or left >= needed:
        return ""
    return (
        f"{n_dropped} item{' was' if n_dropped == 1 else 's were'} dropped from {survey.slug!r}, "
        f"so that {left} are left, but this protocol needs at least {needed}; take items back, or "
        "change its checks."
    )


def _needed(protocol: Protocol) -> int:
    checks = protocol.checks
    return max(1, 2 * checks.repeats, max(checks.attention_after, default=0))
