"""Orders that depend on the survey's stored seed alone, so that anyone can derive them again."""

import hashlib
from collections.abc import Sequence

from surveys.protocol.design.williams import williams_row


def seeded_order(keys: Sequence[str], *parts: object) -> list[str]:
    """The keys, sorted by the SHA-256 of `parts` and key, joined by "/".

    Each order is as likely as any other, and needs no random number generator to be found again.
    """
    prefix = "/".join(str(part) for part in parts)
    return sorted(keys, key=lambda key: hashlib.sha256(f"{prefix}/{key}".encode()).digest())


def seeded_number(below: int, *parts: object) -> int:
    """A number from 0 to `below` - 1: the SHA-256 of `parts`, joined by "/", modulo `below`."""
    text = "/".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()) % below


def question_order(
    names: Sequence[str], kind: str, seed: int, number: int, place: int = 1
) -> list[str]:
    """The item names in the order in which participant `number` is asked about them.

    `kind` is "random", an order of the participant's own, "fixed", that of the stimulus set, or
    "balanced", a row of a Williams design by the 1-based position (`place`) within the condition.
    """
    if kind == "fixed":
        return list(names)
    if kind == "balanced":
        # Which item stands for which column is the same for everybody.
        columns = seeded_order(names, seed, "williams")
        return [columns[index] for index in williams_row(len(columns), place)]
    return seeded_order(names, seed, number, "questions")


def option_order(
    options: Sequence[str], seed: int, number: int, position: int | str, last: str = ""
) -> list[str]:
    """The options in the order in which participant `number` sees them in trial `position`.

    `last`, when it is among them, goes below the others.
    """
    order = seeded_order(options, seed, number, "options", position)
    return sorted(order, key=lambda option: bool(last) and option == last)


def blind_letters(names: Sequence[str], seed: int | str) -> dict[str, str]:
    """Condition name -> "A", "B", ... in an order that the protocol's order does not tell."""
    order = seeded_order(names, seed, "blind")
    return {name: _letters(index) for index, name in enumerate(order)}


def _letters(index: int) -> str:
    """A to Z, then AA, AB, ..., as spreadsheets name their columns."""
    before, last = divmod(index, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)
