"""Query sets whose SQL Django composes once, for what every page of a participant asks.

Composing the SQL of a query set takes Django several times as long as sending it and reading the
answer. A page's query is always the same but for its values, so it is composed with a mark in the
place of each value, and from then on only the values are put in.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")


@dataclass(frozen=True)
class _Composed(Generic[Row]):
    queryset: "QuerySet[Any, Row]"
    compiler: SQLCompiler
    sql: str
    # Marks in the places of values, and values that are always the same.
    params: tuple[Any, ...]


class ComposedOnce(Generic[Row]):
    """A query set with open values: `build` makes it of the marks, `rows` asks it with values.

    Each mark is a value of the right type that stands nowhere else in the query; text or a small
    number. A value that changes the SQL itself, as None does, cannot be put in for a mark.
    """

    def __init__(self, build: "Callable[..., QuerySet[Any, Row]]", **marks: str | int) -> None:
        self.build, self.marks = build, marks
        self._composed: _Composed[Row] | None = None

    def rows(self, **values: str | int) -> list[Row]:
        """What the database answers now. Raises TypeError unless each mark is given a value."""
        if values.keys() != self.marks.keys() or None in values.values():
            raise TypeError(f"Values are needed for {', '.join(self.marks)}, and none may be None.")
        composed = self._composed or self._compose()
        put_in = {self.marks[name]: value for name, value in values.items()}
        compiler = copy(composed.compiler)
        # Each thread has a connection of its own.
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        replayed = composed.sql, tuple(put_in.get(param, param) for param in composed.params)
        compiler.as_sql = lambda *_, **__: replayed  # type: ignore[method-assign]
        queryset = composed.queryset.all()
        queryset.query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        return list(queryset)

    def _compose(self) -> _Composed[Row]:
        queryset = self.build(**self.marks)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        for name, mark in self.marks.items():
            if mark not in params:
                raise ValueError(f"The query does not carry the value of {name}.")
        self._composed = _Composed(queryset, compiler, sql, tuple(params))
        return self._composed
