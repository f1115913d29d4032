"""Texts in several languages, always in the order of the protocol's `languages`.

An answer is stored in the first one. Databases keep tables in other orders than files do, and two
tables of one protocol may be written in different orders.
"""

from collections.abc import Sequence
from typing import Any


def in_order(value: Any, languages: Sequence[str]) -> Any:
    """Return the same JSON with every table's languages first, in that order."""
    if isinstance(value, dict):
        first = [code for code in languages if code in value]
        keys = [*first, *(key for key in value if key not in first)]
        return {key: in_order(value[key], languages) for key in keys}
    if isinstance(value, list):
        return [in_order(part, languages) for part in value]
    return value
