"""Single values of a protocol as the console's form shows and writes them.

A value that is its default is not written where the text leaves it out, and removed where it was
written and is chosen again.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from surveys.studies.protocols.edited_values import EditedValue, Options
from surveys.studies.protocols.keys import whole_schema
from toml_files.editing import Value, remove_value, set_value
from toml_files.wording import node_at

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class FormField:
    """An edited value as the form shows it."""

    edited: EditedValue
    # Of a list: one part per line, but numbers with commas.
    value: str
    is_written: bool = False
    # Why the form cannot change it here; empty where it can.
    elsewhere: str = ""
    offered: Options = ()

    @property
    def options(self) -> Options:
        """What can be chosen; what the text says stays among it, even if it is wrong."""
        known = self.edited.options or self.offered
        return (*known, *((name, name) for name in self.chosen if name not in dict(known)))

    @property
    def chosen(self) -> list[str]:
        """Of options, those that are chosen."""
        return self.value.splitlines() if self.edited.kind == "several" else [self.value]


def form_field(edited: EditedValue, table: Mapping[str, Any], offered: Options = ()) -> FormField:
    """The field of a value; one that the text leaves out is its default."""
    written = found_at(table, edited.path)
    value = default_of(edited) if written is None else written
    parts = value if isinstance(value, list) else [value]
    if any(isinstance(part, Mapping) for part in parts):
        words = "It has several languages; change it in the text below."
        return FormField(edited, "", True, words)
    mark = ", " if edited.kind == "numbers" else "\n"
    shown = mark.join("" if part is None else str(part) for part in parts).strip()
    return FormField(edited, shown, written is not None, "", offered)


def with_field(text: str, field: FormField, given: str | None) -> str:
    """The text with what was given for a field; unchanged where that is what it says."""
    if given is None or field.elsewhere:
        return text
    given = given.replace("\r\n", "\n").strip()
    if given == field.value:
        return text
    value, path = typed(field.edited, given), field.edited.path
    is_empty = given == "" and field.edited.kind != "several"
    if is_empty or value == default_of(field.edited):
        return remove_value(text, *path)
    return set_value(text, *path, value=value)


def default_of(edited: EditedValue) -> Any:
    """What the protocol means where the text leaves the value out; None without a default."""
    return _schema_default(edited.path) if edited.blank is None else edited.blank


@cache
def _schema_default(path: Path) -> Any:
    default = node_at(whole_schema(), path).get("default")
    return list(default) if isinstance(default, tuple) else default


def typed(edited: EditedValue, given: str) -> Value:
    """What the text of a field means; what is no number stays a text and is refused by name."""
    if edited.kind == "numbers":
        return [_number(part.strip()) for part in given.split(",") if part.strip()]
    if edited.is_list:
        return [line.strip() for line in given.splitlines() if line.strip()]
    if edited.kind == "number":
        return _number(given)
    if edited.kind == "yes_no":
        return given == str(True)
    return f"\n{given}\n" if edited.kind == "paragraphs" and "\n" in given else given


def _number(given: str) -> Value:
    if given.isdecimal():
        return int(given)
    try:
        number = float(given)
    except ValueError:
        return given
    return number if math.isfinite(number) else given


def found_at(table: Any, path: Path) -> Any:
    """The value at the path; None where there is none."""
    for key in path:
        if isinstance(key, int):
            table = table[key] if isinstance(table, list) and key < len(table) else None
        else:
            table = table.get(key) if isinstance(table, Mapping) else None
    return table
