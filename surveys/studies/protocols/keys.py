"""The keys of a protocol by table, for completion in the editor."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from surveys.protocol.schema import Protocol

# Tables within tables within tables are as deep as protocols go.
DEEPEST = 4


@cache
def keys_by_table() -> dict[str, list[dict[str, str]]]:
    """Return the name and the help of each key by the dotted name of its table; "" is the top."""
    schema = Protocol.json_schema()
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
