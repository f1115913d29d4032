"""Frozen dataclasses to plain JSON, for the protocol as it is stored and hashed."""

from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

# Marks a field that is left out of the JSON while it has its default, so that a protocol that does
# not use it keeps the hash that it had before the field existed.
LATER = {"later": True}


def to_json(value: Any) -> Any:
    """Dataclasses become objects and tuples lists; `LATER` fields at their default are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            row.name: to_json(getattr(value, row.name))
            for row in fields(value)
            if not (row.metadata.get("later") and getattr(value, row.name) == default_of(row))
        }
    if isinstance(value, tuple):
        return [to_json(part) for part in value]
    return value


def default_of(row: "Field[Any]") -> Any:
    """The field's default; MISSING for one that must be given."""
    return row.default_factory() if row.default_factory is not MISSING else row.default
