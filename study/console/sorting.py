"""Tables sorted by the server: each heading is a link, so no script is needed."""

from collections.abc import Collection
from dataclasses import dataclass

from django.http import HttpRequest

PARAMETER = "sort"


@dataclass(frozen=True)
class Sorting:
    """The sorted column and direction: `?sort=name` is ascending, `?sort=-name` descending."""

    column: str
    is_descending: bool = False

    @classmethod
    def of(cls, request: HttpRequest, columns: Collection[str], default: str) -> "Sorting":
        """Read the sorting from the query string; `default` if it names no sortable column."""
        asked = request.GET.get(PARAMETER, default)
        if asked.removeprefix("-") not in columns:
            asked = default
        return cls(asked.removeprefix("-"), asked.startswith("-"))

    def order(self, field: str) -> str:
        """Return the field with its sign, for `order_by`."""
        return f"-{field}" if self.is_descending else field

    def direction_of(self, column: str) -> str:
        """Return the column's `aria-sort`; empty unless the table is sorted by it."""
        if column != self.column:
            return ""
        return "descending" if self.is_descending else "ascending"

    def value_after(self, column: str) -> str:
        """Return the sorting that the column's heading links to: reversed, or ascending."""
        return f"-{column}" if self.direction_of(column) == "ascending" else column
