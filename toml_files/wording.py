"""Says in words what a JSON Schema asks for: "a whole number from 1 to 100"."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

Schema = dict[str, Any]

NOUNS = {"integer": "a whole number", "number": "a number", "boolean": "true or false",
         "string": "a text"}  # fmt: skip
LONGEST = 60
POSITION = re.compile(r"\[\d+\]")


def describe(node: Schema, whole: Schema, key: str = "") -> str:
    """What a value of the key must be; `whole` is the schema that `node` refers into."""
    own = node.get("errorMessage")
    known = [own] if own else [_of_one(branch, whole, key) for branch in branches(node, whole)]
    return " or ".join(dict.fromkeys(known)) or "left out"


def node_at(whole: Schema, path: tuple[str | int, ...]) -> Schema:
    """The part of a schema that is about the value at this path."""
    nodes = [whole]
    for part in path:
        nodes = [child for node in nodes for child in _children(node, whole, part)]
    return nodes[0] if nodes else {}


def keys_of(node: Schema, whole: Schema) -> list[str]:
    """The keys that a table may have."""
    return [key for branch in branches(node, whole) for key in branch.get("properties", {})]


def did_you_mean(found: object, known: list[str]) -> str:
    """A hint in brackets, if something known is spelt nearly so."""
    near = get_close_matches(found, known, n=1) if isinstance(found, str) else []
    return f" (did you mean {near[0]}?)" if near else ""


def show(value: Any) -> str:
    """A value as the file has it, in one line and not too long."""
    if isinstance(value, bool):
        return str(value).lower()
    text = value.isoformat() if hasattr(value, "isoformat") else repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def branches(node: Schema, whole: Schema) -> Iterator[Schema]:
    """What a value may be: the parts of an `anyOf` but nothing, with references followed."""
    if "anyOf" in node:
        for part in node["anyOf"]:
            yield from branches(part, whole)
    elif "$ref" in node:
        yield whole["$defs"][node["$ref"].rpartition("/")[2]]
    elif node.get("type") != "null" and node.get("const") != "":
        yield node


def _children(node: Schema, whole: Schema, part: str | int) -> Iterator[Schema]:
    for branch in branches(node, whole):
        if isinstance(part, int):
            found = branch.get("items", *branch.get("prefixItems", [])[:1])
        else:
            found = branch.get("properties", {}).get(part, branch.get("additionalProperties"))
        if isinstance(found, dict):
            yield found


def _of_one(node: Schema, whole: Schema, key: str) -> str:
    if "errorMessage" in node:
        return str(node["errorMessage"])
    if "const" in node or "enum" in node:
        names = [repr(name) for name in node.get("enum", [node.get("const")])]
        return f"one of {', '.join(names)}" if len(names) > 1 else names[0]
    kind = node.get("type", "")
    if kind == "array":
        return _list(node, whole, key)
    if kind == "object":
        parts = node.get("additionalProperties")
        return f"a table of {_several(parts, whole)}" if isinstance(parts, dict) else "a table"
    if kind == "string":
        return NOUNS[kind] + _size(node, "Length", " of {} characters")
    return NOUNS.get(kind, "a value") + _range(node)


def _list(node: Schema, whole: Schema, key: str) -> str:
    if "prefixItems" in node:
        return f"a list of {len(node['prefixItems'])} {_several(node['prefixItems'][0], whole)}"
    parts = next(branches(node.get("items", {}), whole), {})
    if parts.get("type") == "object":
        few = "one or more " if node.get("minItems") else ""
        return f"{few}[[{POSITION.sub('', key)}]] tables"
    size = "" if "enum" in parts else _size(node, "Items", "{} ")
    return f"a list of {size}{_several(parts, whole)}"


def _several(node: Schema, whole: Schema) -> str:
    """What many values are called."""
    branch = next(branches(node, whole), {})
    if "enum" in branch:
        return f"some of {', '.join(map(repr, branch['enum']))}"
    return NOUNS.get(branch.get("type", ""), "a value").removeprefix("a ") + "s" + _range(branch)


def _size(node: Schema, what: str, words: str) -> str:
    fewest, most = node.get(f"min{what}", 0), node.get(f"max{what}")
    if most is None:
        return words.format(f"at least {fewest}") if fewest else ""
    return words.format(f"{fewest} to {most}" if fewest else f"at most {most}")


def _range(node: Schema) -> str:
    above, below = node.get("exclusiveMinimum"), node.get("exclusiveMaximum")
    lowest, highest = node.get("minimum"), node.get("maximum")
    if above is not None and below is not None:
        return f" between {above:g} and {below:g}"
    if lowest is not None and highest is not None:
        return f" from {lowest} to {highest}"
    words = {" above ": above, " of at least ": lowest, " below ": below, " of at most ": highest}
    return " and".join(f"{word}{limit}" for word, limit in words.items() if limit is not None)
