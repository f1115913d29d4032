"""Finds the line of each key of a TOML text, which Python's own parser does not tell."""

import tomllib
from collections.abc import Iterator

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

LANGUAGE = Language(tree_sitter_toml.language())


def join(parent: str, key: str) -> str:
    """The full name of a key in a table: `parent.key`, or the key at the top of a file."""
    return f"{parent}.{key}" if parent and key else parent or key


def find_lines(text: str) -> dict[str, int]:
    """The full name of each key, such as `conditions[2].ratio`, and its line, from 1.

    A table's name stands in the line where the table first appears. `text` must be valid TOML.
    """
    lines: dict[str, int] = {}
    # The name of each array of tables, and how many of its tables have come so far.
    arrays: dict[str, int] = {}
    for node in Parser(LANGUAGE).parse(text.encode()).root_node.named_children:
        if node.type == "pair":
            _pair(node, "", lines)
        elif node.type in ("table", "table_array_element"):
            name = _header(node, arrays, lines)
            for pair in node.named_children[1:]:
                _pair(pair, name, lines)
    return lines


def find_tables(text: str, path: tuple[str, ...]) -> list[tuple[int, int]]:
    """The first and last line, from 1, of each `[[table]]` of a list, with the tables inside it.

    Empty for a list that is written in another way, and where a table inside stands apart from it.
    `text` must be valid TOML.
    """
    found: list[tuple[int, int]] = []
    is_near = False
    for keys, node in _tables(text):
        first, last = node.start_point.row + 1, _last_line(node)
        if keys[: len(path)] != path:
            is_near = False
        elif keys == path and node.type == "table_array_element":
            found.append((first, last))
            is_near = True
        elif not is_near:
            return []
        else:
            found[-1] = (found[-1][0], last)
    return found


def end_of_table(text: str, path: tuple[str, ...]) -> int:
    """The last line of the last table at or below the path; 0 without one."""
    ends = [_last_line(node) for keys, node in _tables(text) if keys[: len(path)] == path]
    return max(ends, default=0)


def _tables(text: str) -> Iterator[tuple[tuple[str, ...], Node]]:
    for node in Parser(LANGUAGE).parse(text.encode()).root_node.named_children:
        if node.type in ("table", "table_array_element"):
            yield tuple(_keys(node.named_children[0])), node


def _last_line(node: Node) -> int:
    """Of its header or its last key; comments after that may be about what follows."""
    parts = [part for part in node.named_children if part.type != "comment"]
    return parts[-1].end_point.row + 1


def _header(node: Node, arrays: dict[str, int], lines: dict[str, int]) -> str:
    """The full name of the table that begins here: `[panel.codes]` or `[[conditions]]`."""
    keys = _keys(node.named_children[0])
    name = ""
    for index, key in enumerate(keys, start=1):
        name = join(name, key)
        _note(name, node, lines)
        if node.type == "table_array_element" and index == len(keys):
            arrays[name] = arrays.get(name, 0) + 1
        if name in arrays:
            name = f"{name}[{arrays[name]}]"
            _note(name, node, lines)
    return name


def _pair(node: Node, name: str, lines: dict[str, int]) -> None:
    if node.type != "pair":
        return  # a comment
    for key in _keys(node.named_children[0]):
        name = join(name, key)
        _note(name, node, lines)
    _value(node.named_children[1], name, lines)


def _value(node: Node, name: str, lines: dict[str, int]) -> None:
    if node.type == "inline_table":
        for pair in node.named_children:
            _pair(pair, name, lines)
    elif node.type == "array":
        parts = [part for part in node.named_children if part.type != "comment"]
        for index, part in enumerate(parts, start=1):
            _note(f"{name}[{index}]", part, lines)
            _value(part, f"{name}[{index}]", lines)


def _keys(node: Node) -> list[str]:
    """The parts of a dotted key, without quotes."""
    if node.type == "dotted_key":
        return [key for part in node.named_children for key in _keys(part)]
    written = (node.text or b"").decode()
    return list(tomllib.loads(f"{written} = 0")) if node.type == "quoted_key" else [written]


def _note(name: str, node: Node, lines: dict[str, int]) -> None:
    lines.setdefault(name, node.start_point.row + 1)
