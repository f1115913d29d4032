"""Orders that depend on the survey's stored seed alone, so that anyone can derive them again."""

import hashlib
from collections.abc import Sequence


def seeded_order(keys: Sequence[str], *parts: object) -> list[str]:
    """The keys, sorted by the SHA-256 of `parts` and key, joined by "/".

    Each order is as likely as any other, and needs no random number generator to be found again.
    """
    prefix = "/".join(str(part) for part in parts)
    return sorted(keys, key=lambda key: hashlib.sha256(f"{prefix}/{key}".encode()).digest())


def question_order(names: Sequence[str], kind: str, seed: int, number: int) -> list[str]:
    """The item names in the order in which participant `number` is asked about them.

    `kind` is "random", an order of the participant's own, or "fixed", that of the stimulus set.
    """
    return list(names) if kind == "fixed" else seeded_order(names, seed, number, "questions")


def option_order(options: Sequence[str], seed: int, number: int, position: int) -> list[str]:
    """The options in the order in which participant `number` sees them in trial `position`."""
    return seeded_order(options, seed, number, "options", position)


def blind_letters(names: Sequence[str], seed: int) -> dict[str, str]:
    """Condition name -> "A", "B", ... in an order that the protocol's order does not tell."""
    order = seeded_order(names, seed, "blind")
    return {name: chr(ord("A") + index) for index, name in enumerate(order)}
