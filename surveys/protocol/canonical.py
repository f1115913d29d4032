"""Frozen dataclasses to plain JSON and back, for the protocol as it is stored and hashed."""

from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

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


def from_json(kind: Any, stored: Any) -> Any:
    """The reverse of `to_json`, for a value of type `kind`."""
    if is_dataclass(kind) and isinstance(kind, type):
        hints = hints_of(kind)
        return kind(**{name: from_json(hints[name], part) for name, part in stored.items()})
    if get_origin(kind) is tuple:
        return tuple(from_json(get_args(kind)[0], part) for part in stored)
    if get_origin(kind) in (Union, UnionType):
        return dict(stored) if isinstance(stored, dict) else stored
    return stored


@cache
def hints_of(kind: type) -> dict[str, Any]:
    """The types of a dataclass's fields; finding them takes longer than all the rest."""
    return get_type_hints(kind)


def default_of(row: "Field[Any]") -> Any:
    """The field's default; MISSING for one that must be given."""
    return row.default_factory() if row.default_factory is not MISSING else row.default
