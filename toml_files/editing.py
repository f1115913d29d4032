"""Changes single values of a TOML text; comments, order and spaces of all others stay."""

from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from toml_files.positions import end_of_table, find_tables

Value = str | int | float | list[Any]


def set_value(text: str, *path: str | int, value: Value) -> str:
    """The text with this value at the path of keys; what is missing of the path is added.

    A number in the path is the index of a table in a list. A text that is not valid TOML comes back
    unchanged: reading it says what is wrong.
    """
    try:
        document = tomlkit.parse(text)
    except TOMLKitError:
        return text
    table: Any = document
    for key in path[:-1]:
        table = table[key] if isinstance(key, int) else table.setdefault(key, tomlkit.table())
    _put(table, path[-1], value)
    return tomlkit.dumps(document)


def _put(table: Any, key: Any, value: Value) -> None:
    """Replace a value, or add it after the last one: comments below may be about what follows."""
    body = getattr(getattr(table, "value", None), "body", None)
    if key in table or not body:
        table[key] = _readable(value)
        return
    below = []
    while body and body[-1][0] is None:
        below.append(body.pop())
    table[key] = _readable(value)
    body.extend(reversed(below))


def _readable(value: Value) -> Any:
    """A text of several lines as people write one: on lines of its own between the marks."""
    if not isinstance(value, str) or "\n" not in value:
        return value
    mark = '"""'
    written = tomlkit.string(f"{value.strip()}\n", multiline=True).as_string()
    return tomlkit.value(f"{mark}\n{written.removeprefix(mark)}")


def remove_value(text: str, *path: str | int) -> str:
    """The text without this key, and without the table when the key was its last."""
    document = tomlkit.parse(text)
    tables: list[Any] = [document]
    for key in path[:-1]:
        table = tables[-1]
        is_there = isinstance(key, int) or key in table
        tables.append(table[key] if is_there else {})
    tables[-1].pop(path[-1], None)
    for above, key, table in zip(tables[-2::-1], path[-2::-1], tables[:0:-1], strict=True):
        if isinstance(key, str) and key in above and not table:
            above.remove(key)
    return tomlkit.dumps(document)


def add_table(text: str, path: tuple[str, ...], values: Mapping[str, Value]) -> str:
    """The text with one more table at the end of a list, or with a new list of it.

    It comes after the list, else after the table that the list belongs to, else last.
    """
    table = tomlkit.table()
    for key, value in values.items():
        table[key] = _readable(value)
    header = ".".join(path)
    written = f"\n[[{header}]]\n{tomlkit.dumps(table)}"
    lines = _lines(text)
    spans = find_tables(text, path)
    line = spans[-1][1] if spans else end_of_table(text, path[:-1] or path) or len(lines)
    if spans or line < len(lines):
        return "".join([*lines[:line], written, *lines[line:]])
    return "".join([*lines, written])


def arrange_tables(text: str, path: tuple[str, ...], order: Sequence[int]) -> str:
    """The text with the tables of a list in this order of their indices; what is left out goes.

    A comment right above a table goes where the table goes; all other comments stay.
    """
    lines = _lines(text)
    spans = [(_with_comment(lines, first - 1), last) for first, last in find_tables(text, path)]
    if not spans:
        return text
    blocks = ["".join(lines[first:last]) for first, last in spans]
    ends = [*(first for first, _ in spans[1:]), len(lines)]
    gaps = [lines[last:end] for (_, last), end in zip(spans, ends, strict=True)]
    parts = lines[: spans[0][0]]
    for position, gap in enumerate(gaps):
        if position < len(order):
            parts.append(blocks[order[position]])
        is_last = position == len(gaps) - 1
        if is_last or position < len(order) - 1 or any(line.strip() for line in gap):
            parts += gap
    return "".join(parts)


def _lines(text: str) -> list[str]:
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    return lines


def _with_comment(lines: list[str], first: int) -> int:
    """The index of the first line of the comment that stands right above this line."""
    while first and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return first
