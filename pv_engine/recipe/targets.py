"""The classes whose maps are drawn beside the top class's, and how their pictures are named.

A picture about another class than the top one is a condition of its own: `pv@second`, `pv@true`, or
`pv@dog` for a class that the recipe names. Free of torch and Django.
"""

from collections.abc import Iterable

TOP, SECOND, TRUE = "top", "second", "true"
EACH = "each:"
SIGN = "@"
# As protocols and the database have the name of a condition.
LONGEST_KIND = 50
ABOUT = {
    SECOND: "It is not about the model’s answer but about the class that the model found second "
    "most likely.",
    TRUE: "It is not about the model’s answer but about what is in the image.",
}


def further_targets(targets: Iterable[str]) -> tuple[str, ...]:
    """Return the targets beside the top class, the classes of `each:` by their names.

    >>> further_targets(["top", "second", "each:dog, cat"])
    ('second', 'dog', 'cat')
    """
    found: list[str] = []
    for target in targets:
        if target.startswith(EACH):
            found += [name.strip() for name in target.removeprefix(EACH).split(",")]
        elif target != TOP:
            found.append(target)
    return tuple(found)


def named_classes(targets: Iterable[str]) -> tuple[str, ...]:
    """Return the classes that `each:` names."""
    return further_targets(target for target in targets if target.startswith(EACH))


def kind_of(condition: str, target: str) -> str:
    """Return what a condition's pictures about a target are called."""
    return f"{condition}{SIGN}{target}"


def parted_kind(kind: str) -> tuple[str, str]:
    """Return the condition and the target, which is empty for the top class."""
    condition, _, target = kind.partition(SIGN)
    return condition, target


def about_target(target: str) -> str:
    """Return a sentence for participants; empty for the top class."""
    if not target:
        return ""
    return ABOUT.get(target, f"It is not about the model’s answer but about the class “{target}”.")
