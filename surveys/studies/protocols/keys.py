"""The keys of a protocol: its JSON Schema, and its keys by table for completion in the editor."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from surveys.protocol.schema import Protocol

# Tables within tables within tables are as deep as protocols go.
DEEPEST = 4


@cache
def whole_schema() -> dict[str, Any]:
    """Return the schema of a protocol with that of its analysis plan, which the analysis knows."""
    plan, protocol = import_string(settings.ANALYSIS_PLAN).json_schema(), Protocol.json_schema()
    parts = protocol["$defs"] | plan["$defs"]
    parts["Plan"] = {key: value for key, value in plan.items() if key != "$defs"}
    keys = protocol["properties"] | {"analysis": {"$ref": "#/$defs/Plan"}}
    return protocol | {"$defs": parts, "properties": keys}


@cache
def keys_by_table() -> dict[str, list[dict[str, str]]]:
    """Return the name and the help of each key by the dotted name of its table; "" is the top."""
    schema = whole_schema()
    return dict(_tables(schema, schema.get("$defs", {}), ""))


def _tables(
    schema: Any, known: dict[str, Any], path: str, depth: int = 0
) -> Iterator[tuple[str, list[dict[str, str]]]]:
    keys = schema.get("properties", {})
    yield path, [{"name": name, "help": each.get("description", "")} for name, each in keys.items()]
    if depth == DEEPEST:
        return
    for name, each in keys.items():
        below = f"{path}.{name}" if path else name
        for inner in _objects(each, known):
            yield from _tables(inner, known, below, depth + 1)


def _objects(schema: Any, known: dict[str, Any]) -> Iterator[Any]:
    """What of a value's schema is a table with keys of its own, or a list of such tables."""
    if "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]] | {
            name: value for name, value in schema.items() if name != "$ref"
        }
    if schema.get("properties"):
        yield schema
    for part in [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]:
        yield from _objects(part, known)
    if isinstance(schema.get("items"), dict):
        yield from _objects(schema["items"], known)
