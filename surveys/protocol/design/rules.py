"""What a design must be for its groups, blocks and pages to go together."""

from collections import Counter
from typing import TYPE_CHECKING

from surveys.protocol.design.blocks import ARM, SAME, WITHIN
from surveys.protocol.design.groups import own_conditions, parts_of
from toml_files.tables import Broken

if TYPE_CHECKING:
    from surveys.protocol.schema import Protocol

LONGEST_GROUP = 250


def design_problems(protocol: "Protocol") -> Broken:
    """Yield each key that is wrong, and what would be right."""
    yield from _within(protocol)
    yield from _blocks(protocol)
    yield from _groups(protocol)
    yield from _other_keys(protocol)
    yield from _pages(protocol)


def _within(protocol: "Protocol") -> Broken:
    listed = {each.name: index for index, each in enumerate(protocol.conditions, 1)}
    for index, name in enumerate(protocol.within.conditions, start=1):
        if name not in listed:
            words = f"must be one of the [[conditions]], {', '.join(listed)}, but is {name!r}"
            yield f"within.conditions[{index}]", words
        elif protocol.conditions[listed[name] - 1].ratio != 1:
            ratio = protocol.conditions[listed[name] - 1].ratio
            words = "must be left out for a condition of [within], which everybody sees"
            yield f"conditions[{listed[name]}].ratio", f"{words}, but is {ratio}"


def _blocks(protocol: "Protocol") -> Broken:
    names = [block.name for block in protocol.blocks]
    for index, block in enumerate(protocol.blocks):
        key = f"blocks[{index + 1}]"
        if block.name in names[:index]:
            yield f"{key}.name", f"must differ from the names before, but is {block.name!r}"
        if block.again and block.again not in _new_blocks(protocol, index):
            known = ", ".join(_new_blocks(protocol, index)) or "none"
            words = f"must be an earlier block with items of its own ({known}), but is"
            yield f"{key}.again", f"{words} {block.again!r}"
        if block.condition == SAME and not index:
            yield f"{key}.condition", "must not be 'same', since no block is before it"
        if block.condition == WITHIN and not protocol.within.conditions:
            yield f"{key}.condition", "is 'within', which needs [within] with its conditions"
        if block.condition == ARM and not own_conditions(protocol):
            words = "is 'arm', but all conditions are in [within]; write 'within'"
            yield f"{key}.condition", words
    kinds = Counter(block.condition for block in protocol.blocks)
    n = len(protocol.within.conditions)
    if protocol.blocks and n and (kinds[WITHIN] % n or not kinds[WITHIN]):
        words = f"must have the condition 'within' in {n} blocks, or in a multiple of {n}, one for"
        yield "blocks", f"{words} each condition of [within], but {kinds[WITHIN]} have it"


def _new_blocks(protocol: "Protocol", index: int) -> list[str]:
    """The blocks before that one, from 0, which have items of their own."""
    return [block.name for block in protocol.blocks[:index] if not block.again]


def _groups(protocol: "Protocol") -> Broken:
    """Groups that would see nothing of their own."""
    if not parts_of(protocol):
        return
    own = own_conditions(protocol)
    kinds = [block.condition for block in parts_of(protocol)]
    unseen = [each.name for each in own if ARM not in kinds and each.name not in kinds]
    if ARM not in kinds and len(own) > 1:
        names = " and ".join(each.name for each in own)
        words = "must have a block with condition = 'arm', since otherwise participants in"
        yield "blocks" if protocol.blocks else "within", f"{words} {names} would see the same"
    elif unseen:
        words = f"must have a block that shows {unseen[0]!r}: condition = 'arm', or its name"
        yield "blocks" if protocol.blocks else "within", words
    longest = max((group.name for group in protocol.groups), key=len)
    if len(longest) > LONGEST_GROUP:
        words = "has names that are too long to be joined; use fewer conditions or shorter names"
        yield "within.conditions", words


def _other_keys(protocol: "Protocol") -> Broken:
    """Keys for studies without blocks, and for those with a panel or a fixed sequence."""
    if parts_of(protocol) and protocol.checks.repeats:
        words = "must be left out with [within] or [[blocks]], but is"
        yield "checks.repeats", f"{words} {protocol.checks.repeats}"
    if protocol.within.conditions and protocol.practice:
        words = "must be left out with [within]; write a block with pool = 'examples' instead"
        yield "practice", words
    if protocol.blocks and protocol.items.is_partial:
        key = "items.per_participant" if protocol.items.per_participant else "items.strata"
        yield key, "must be left out with [[blocks]], which say how many items each has"
    yield from _balance(protocol)
    if protocol.follows and not protocol.panel.name:
        yield "follows", "needs [panel], whose ids show who took part before"
    if protocol.follows and protocol.follows == protocol.slug:
        yield "follows", "must be the address of another study"


def _balance(protocol: "Protocol") -> Broken:
    within, items = protocol.within, protocol.items
    is_given = within.order == "latin_square" or items.by_exposure
    if items.is_crossed and not (within.conditions and is_given):
        words = "needs [within] with order = 'latin_square', or with items.balance = 'least_shown'"
        yield "items.conditions", words
    if items.by_exposure and not (items.is_partial or parts_of(protocol)):
        words = "is 'least_shown', which needs a part of the set for each participant"
        yield "items.balance", f"{words}: per_participant, strata, [within] or [[blocks]]"


def _pages(protocol: "Protocol") -> Broken:
    names = [page.name for page in protocol.questionnaire]
    known = [name for name in names if name]
    for index, name in enumerate(names, start=1):
        if name and name in names[: index - 1]:
            yield f"questionnaire[{index}].name", f"must differ from the others, but is {name!r}"
    lists = [("before", protocol.before)]
    lists += [
        (f"blocks[{index}].questionnaire", block.questionnaire)
        for index, block in enumerate(protocol.blocks, start=1)
    ]
    for key, wanted in lists:
        for index, name in enumerate(wanted, start=1):
            if name not in known or name in wanted[: index - 1]:
                right = f"one of {', '.join(known)}" if known else "the name of a [[questionnaire]]"
                yield f"{key}[{index}]", f"must be {right}, each once, but is {name!r}"
