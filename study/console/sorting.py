"""Tables that are sorted by the server: a heading is a link, so no script is needed."""

from collections.abc import Collection
from dataclasses import dataclass

from django.http import HttpRequest

PARAMETER = "sort"


@dataclass(frozen=True)
class Sorting:
    """By which column a table is sorted: `?sort=name` from the smallest, `?sort=-name` back."""

    column: str
    is_descending: bool = False

    @classmethod
    def of(cls, request: HttpRequest, columns: Collection[str], default: str) -> "Sorting":
        """What the address asks for; `default` where it asks for nothing that can be sorted."""
        asked = request.GET.get(PARAMETER, default)
        if asked.removeprefix("-") not in columns:
            asked = default
        return cls(asked.removeprefix("-"), asked.startswith("-"))

    def order(self, field: str) -> str:
        """The field as a query's `order_by` takes it."""
        return f"-{field}" if self.is_descending else field

    def direction_of(self, column: str) -> str:
        """What `aria-sort` says of the column; empty when it is not the sorted one."""
        if column != self.column:
            return ""
        return "descending" if self.is_descending else "ascending"

    def value_after(self, column: str) -> str:
        """What choosing the column's heading asks for: the other direction, or ascending."""
        return f"-{column}" if self.direction_of(column) == "ascending" else column
