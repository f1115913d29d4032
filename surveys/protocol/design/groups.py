"""The groups of a study: what participants are assigned to.

Without [within], each condition is a group. With it, each order of its conditions is one, crossed
with the conditions that are not among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from surveys.protocol.design.blocks import ARM, SAME, WITHIN, Block
from surveys.protocol.design.williams import n_rows, williams_row

if TYPE_CHECKING:
    from surveys.protocol.schema import Protocol, ProtocolCondition

# Between the conditions of a sequence, between those of a drawn one, and after the group's own.
NEXT, AND, OWN = ">", "+", ":"


@dataclass(frozen=True)
class Group:
    """One group; participants never see its name."""

    name: str
    ratio: int = 1
    # What blocks with the condition "arm" show; empty where the group is a sequence alone.
    own: str = ""
    # What blocks with the condition "within" show, in order; empty where it is drawn.
    sequence: tuple[str, ...] = ()


def groups_of(protocol: "Protocol") -> tuple[Group, ...]:
    """Return the groups in the order of assignment."""
    between = own_conditions(protocol)
    if not protocol.within.conditions:
        return tuple(Group(each.name, each.ratio, each.name) for each in between)
    sequences = [Group(name, sequence=order) for name, order in _sequences(protocol)]
    return tuple(
        Group(f"{each.name}{OWN}{one.name}", each.ratio, each.name, one.sequence)
        for each in between
        for one in sequences
    ) or tuple(sequences)


def own_conditions(protocol: "Protocol") -> list["ProtocolCondition"]:
    """Return the conditions that differ between participants: those that are not in [within]."""
    return [each for each in protocol.conditions if each.name not in protocol.within.conditions]


def _sequences(protocol: "Protocol") -> list[tuple[str, tuple[str, ...]]]:
    """Each order of the within-person conditions by its name; a drawn one has no order yet."""
    names = protocol.within.conditions
    if protocol.within.order == "random":
        return [(AND.join(names), ())]
    orders = [
        tuple(names[index] for index in williams_row(len(names), row))
        for row in range(1, n_rows(len(names)) + 1)
    ]
    return [(NEXT.join(order), order) for order in orders]


def parts_of(protocol: "Protocol") -> tuple[Block, ...]:
    """Return the blocks; without [[blocks]], one for each within-person condition, or none."""
    if protocol.blocks or not protocol.within.conditions:
        return protocol.blocks
    numbers = range(1, len(protocol.within.conditions) + 1)
    return tuple(Block(f"part_{number}", condition=WITHIN) for number in numbers)


def asking_parts(protocol: "Protocol", pool: str) -> list[Block]:
    """Return the blocks that take items of their own from that pool."""
    return [part for part in parts_of(protocol) if part.pool == pool and not part.again]


def pool_of(protocol: "Protocol", part: Block) -> str:
    """Return whether a block asks about "items" or "examples"."""
    by_name = {each.name: each.pool for each in parts_of(protocol)}
    return by_name[part.again or part.name]


def conditions_of_parts(parts: Sequence[Block], own: str, sequence: Sequence[str]) -> list[str]:
    """Return what each block shows in a group; a sequence that is too short begins again."""
    shown: list[str] = []
    n_within = 0
    for part in parts:
        if part.condition == WITHIN:
            shown.append(sequence[n_within % len(sequence)])
            n_within += 1
        elif part.condition == SAME:
            shown.append(shown[-1])
        else:
            shown.append(own if part.condition == ARM else part.condition)
    return shown


def seen_by_all(protocol: "Protocol") -> tuple[str, ...]:
    """Return the conditions that every participant sees, in blocks of their own."""
    named = [part.condition for part in protocol.blocks]
    own = [name for name in named if name not in (ARM, WITHIN, SAME)]
    return tuple(dict.fromkeys([*protocol.within.conditions, *own]))


def shown_conditions(protocol: "Protocol") -> tuple[str, ...]:
    """Return every condition that somebody is shown, those of the protocol's list first."""
    listed = [each.name for each in protocol.conditions]
    return tuple(dict.fromkeys([*listed, *seen_by_all(protocol)]))
