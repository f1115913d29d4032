"""Changes single values of a TOML text; comments, order and spaces of all others stay."""

from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError


def set_value(text: str, *path: str, value: str | int) -> str:
    """The text with this value at the path of keys; what is missing of the path is added.

    A text that is not valid TOML comes back unchanged: reading it says what is wrong.
    """
    try:
        document = tomlkit.parse(text)
    except TOMLKitError:
        return text
    table = document
    for key in path[:-1]:
        table = table.setdefault(key, tomlkit.table())
    table[path[-1]] = _readable(value)
    return tomlkit.dumps(document)


def _readable(value: str | int) -> Any:
    """A text of several lines as people write one: on lines of its own between the marks."""
    if "\n" not in str(value):
        return value
    mark = '"""'
    written = tomlkit.string(f"{str(value).strip()}\n", multiline=True).as_string()
    return tomlkit.value(f"{mark}\n{written.removeprefix(mark)}")


def remove_value(text: str, table: str, key: str) -> str:
    """The text without this key of a table, and without the table when the key was its last."""
    document = tomlkit.parse(text)
    document.get(table, {}).pop(key, None)
    if not document.get(table, True):
        document.remove(table)
    return tomlkit.dumps(document)
