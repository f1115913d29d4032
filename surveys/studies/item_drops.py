"""Drops items from a study before it opens, each with a reason; never afterwards.

The stimulus set stays as it is, since other studies may use it: the study leaves items out. What is
left out stands in the protocol, in its table `dropped`, and so is hashed, frozen and exported with
it; rows keep by whom and when, and follow the protocol that is loaded.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, QuerySet

from accounts.audit.record import Action, Actor, record
from pv_engine.models import Item
from surveys.errors import ItemDropError, ProtocolError
from surveys.models import ItemDrop, Survey
from surveys.protocol.design.groups import asking_parts
from surveys.protocol.design.sizes import available, find_shortages
from surveys.protocol.reader import parse_protocol
from surveys.protocol.schema import Protocol, protocol_sha256
from toml_files.editing import remove_value, set_value

TEXTS = ("protocol_json", "protocol_toml", "protocol_sha256")
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
    item is an example or dropped already, too few items would be left, or the protocol's text
    cannot be changed.
    """
    _hold_unopened(survey)
    said = " ".join(reason.split())
    if not 0 < len(said) <= LONGEST_REASON:
        raise ItemDropError(
            f"The reason for dropping {item.name} must have 1 to {LONGEST_REASON} characters, "
            f"but has {len(said)}."
        )
    if item.is_example or item.stimulus_set_id != survey.stimulus_set_id:
        raise ItemDropError(f"{item.name} is not asked about in this study; drop one of its items.")
    if ItemDrop.objects.filter(survey=survey, item=item).exists():
        raise ItemDropError(f"{item.name} is already dropped.")
    _require_enough(survey, item)
    _rewrite(
        survey, lambda text: set_value(text, "dropped", item.name, value=said), {item.name: said}
    )
    drop = _store_drop(survey, item, said, person)
    record(person, Action.ITEM_DROPPED, survey, item=item.name, reason=said)
    return drop


@transaction.atomic
def take_item_back(survey: Survey, item: Item, person: User) -> bool:
    """Ask about a dropped item after all; False when it is not dropped.

    Raises ItemDropError when the survey has been opened, or the protocol's text cannot be changed.
    """
    _hold_unopened(survey)
    count, _ = ItemDrop.objects.filter(survey=survey, item=item).delete()
    if count:
        _rewrite(survey, lambda text: remove_value(text, "dropped", item.name), {item.name: ""})
        record(person, Action.ITEM_TAKEN_BACK, survey, item=item.name)
    return bool(count)


def find_dropped(survey: Survey) -> list[str]:
    """The names of the items that were dropped from a draft; none of an opened survey."""
    if survey.opened_at is not None:
        return []
    return [drop.item.name for drop in find_drops(survey).values()]


def follow_protocol(survey: Survey, actor: Actor) -> None:
    """Make the rows of a draft say what its protocol, which was just loaded, says."""
    wanted = Protocol.from_json(survey.protocol_json).dropped
    rows = ItemDrop.objects.filter(survey=survey)
    rows.exclude(item__in=Item.objects.filter(
        stimulus_set=survey.stimulus_set_id, name__in=wanted
    )).delete()  # fmt: skip
    kept = {drop.item.name: drop for drop in find_drops(survey).values()}
    for item in Item.objects.filter(stimulus_set=survey.stimulus_set_id, name__in=wanted):
        if item.name not in kept:
            _store_drop(survey, item, wanted[item.name], actor)
        elif kept[item.name].reason != wanted[item.name]:
            rows.filter(item=item).update(reason=wanted[item.name])


def _store_drop(survey: Survey, item: Item, reason: str, actor: Actor) -> ItemDrop:
    account = actor if isinstance(actor, User) else None
    name = account.get_full_name() or account.username if account else str(actor)
    return ItemDrop.objects.create(
        survey=survey, item=item, reason=reason, by=account, by_name=name
    )


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
            f"The study {survey.slug!r} has been opened, so its items can no longer change; "
            "load the protocol at another address to use other items."
        )


def _rewrite(survey: Survey, change: Callable[[str], str], wanted: dict[str, str]) -> None:
    """Change the protocol's text, and with it what is stored of it and its hash."""
    # As it is now that the row is held.
    survey.refresh_from_db(fields=TEXTS)
    survey.__dict__.pop("protocol", None)
    before, slug = survey.protocol, str(survey.protocol_json["slug"])
    text = change(survey.protocol_toml)
    dropped = {name: why for name, why in {**before.dropped, **wanted}.items() if why}
    after = replace(before, dropped=dropped)
    try:
        found = replace(parse_protocol(text, slug, slug), stimulus_set=before.stimulus_set)
    except ProtocolError:
        found = before
    if found != after:
        raise ItemDropError(
            f"The text of the protocol of {survey.slug!r} cannot be changed here; export it as a "
            "file, write the table [dropped] yourself, and load it."
        )
    survey.protocol_json, survey.protocol_toml = after.as_json(), text
    survey.protocol_sha256 = protocol_sha256(after)
    survey.save(update_fields=TEXTS)
    survey.__dict__.pop("protocol", None)


def _require_enough(survey: Survey, item: Item) -> None:
    kept = find_items(survey).filter(is_example=False).exclude(pk=item.pk)
    strata = Counter(kept.values_list("stratum", flat=True))
    left, needed = strata.total(), _needed(survey.protocol)
    if left < needed:
        raise ItemDropError(
            f"Without {item.name} there would be {left} items, but the protocol needs at least "
            f"{needed}; restore another item, or change the protocol's checks."
        )
    _require_enough_for_blocks(survey, item, strata)
    for stratum, size in survey.protocol.items.sizes.items():
        there = strata[stratum] if stratum else left
        if there < size:
            of = f" of the stratum {stratum}" if stratum else ""
            raise ItemDropError(
                f"Without {item.name} there would be {there} items{of}, but [items] draws {size}; "
                "take another item back, or change [items]."
            )


def _require_enough_for_blocks(survey: Survey, item: Item, strata: Counter[str]) -> None:
    blocks = asking_parts(survey.protocol, "items")
    if any(find_shortages(blocks, available(survey.protocol, strata))):
        raise ItemDropError(
            f"Without {item.name} the blocks would ask for more items than there are; restore "
            "another item, or change [[blocks]]."
        )


def _needed(protocol: Protocol) -> int:
    checks = protocol.checks
    return max(1, 2 * checks.repeats, max(checks.attention_after, default=0))
