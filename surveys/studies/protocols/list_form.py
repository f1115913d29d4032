"""Lists of tables in the console's form: conditions, comprehension questions, declared tests.

A table is known by its position. A row that is sent for the position after the last one adds a
table, so the same form sent twice adds it once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from surveys.studies.protocols.edited_values import EditedList, EditedValue, Options
from surveys.studies.protocols.value_form import (
    FormField,
    default_of,
    form_field,
    found_at,
    typed,
    with_field,
)
from toml_files.editing import add_table, arrange_tables
from toml_files.positions import find_tables

# Names that end so are obeyed only when the form is saved: they move other positions.
REMOVE, POSITION = "remove", "position"
ON_SAVING = (REMOVE, POSITION)


@dataclass(frozen=True)
class FormRow:
    """A table of a list as the form shows it; a spare row adds one."""

    key: str
    number: int
    fields: list[FormField]
    is_spare: bool


@dataclass(frozen=True)
class FormList:
    """A list as the form shows it."""

    edited: EditedList
    rows: list[FormRow]
    # Why the form cannot change it here; empty where it can.
    elsewhere: str = ""

    @property
    def positions(self) -> range:
        return range(1, len(self.rows))


def form_list(
    edited: EditedList, text: str, table: Mapping[str, Any], offers: Mapping[str, Options]
) -> FormList:
    """The rows of a list with a spare one; `table` is the text as it was read."""
    found = found_at(table, edited.path)
    if found is not None and (
        not isinstance(found, list) or len(find_tables(text, edited.path)) != len(found)
    ):
        name = ".".join(edited.path)
        words = f"It is not written as [[{name}]] tables; change it in the text below."
        return FormList(edited, [], words)
    n = len(found or ())
    return FormList(edited, [_row(edited, index, n, table, offers) for index in range(n + 1)])


def _row(
    edited: EditedList, index: int, n: int, table: Mapping[str, Any], offers: Mapping[str, Options]
) -> FormRow:
    fields = [
        form_field(_column(edited, column, index), table, offers.get(column.offers, ()))
        for column in edited.columns
    ]
    key = ".".join((*edited.path, str(index + 1)))
    return FormRow(key, index + 1, fields, is_spare=index == n)


def _column(edited: EditedList, column: EditedValue, index: int) -> EditedValue:
    return replace(column, path=(*edited.path, index, *column.path))


def with_list(text: str, shown: FormList, sent: Mapping[str, str]) -> str:
    """The text with what the form sent of a list."""
    if shown.elsewhere:
        return text
    for row in shown.rows:
        if row.is_spare:
            text = _with_added(text, shown.edited, row, sent)
            continue
        for field in row.fields:
            text = with_field(text, field, sent.get(field.edited.key))
    n_before, n = len(shown.rows) - 1, len(find_tables(text, shown.edited.path))
    kept = [row for row in shown.rows[:-1] if f"{row.key}.{REMOVE}" not in sent]
    order = [*_order(kept, sent), *range(n_before, n)]
    return text if order == list(range(n)) else arrange_tables(text, shown.edited.path, order)


def _with_added(text: str, edited: EditedList, row: FormRow, sent: Mapping[str, str]) -> str:
    """The text with a table of what stands in the spare row, if its first column is given."""
    if not sent.get(row.fields[0].edited.key, "").strip():
        return text
    given = {
        field.edited: sent.get(field.edited.key, "").replace("\r\n", "\n").strip()
        for field in row.fields
    }
    values = {str(each.path[-1]): typed(each, words) for each, words in given.items() if words}
    defaults = {str(each.path[-1]): default_of(each) for each in given}
    written = {key: value for key, value in values.items() if value != defaults[key]}
    return add_table(text, edited.path, written)


def _order(rows: list[FormRow], sent: Mapping[str, str]) -> list[int]:
    """The indices in the order that was asked for: a row that moves goes where it was sent."""
    order, moved = [], []
    for row in rows:
        position = sent.get(f"{row.key}.{POSITION}", "")
        if position.isdecimal() and int(position) != row.number:
            moved.append((int(position), row.number - 1))
        else:
            order.append(row.number - 1)
    for wanted, index in sorted(moved):
        order.insert(wanted - 1, index)
    return order
