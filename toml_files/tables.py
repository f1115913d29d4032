"""What the tables of a file are declared with: frozen dataclasses, a docstring below each field.

Types and `Annotated` constraints say what a value may be. What concerns several keys is a `rule`.
"""

from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import ConfigDict, Field, GetCoreSchemaHandler, Strict, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import CoreSchema, core_schema

Part = TypeVar("Part")
# Lists in the file.
Many = Annotated[tuple[Part, ...], Strict(False)]
Three = Annotated[tuple[Part, Part, Part], Strict(False)]
# Keys below the table, each with what is wrong: the sentence after the key's name.
Broken = Iterator[tuple[str, str]]
Rule = TypeVar("Rule", bound=Callable[[Any], Broken])


class Untitled(GenerateJsonSchema):
    """Leaves out titles, which would only repeat the keys."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Say no to each."""
        return False


class TomlTable:
    """The base of every table: no other keys, and no value that only looks like the right kind."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid", strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        # A table comes as a dict, which a strict dataclass refuses; its values stay strict.
        cast(dict[str, Any], handler.resolve_ref_schema(schema))["strict"] = False
        return schema

    @classmethod
    @cache
    def adapter(cls) -> TypeAdapter[Any]:
        """What reads the table; made once, which takes a while."""
        return TypeAdapter(cls)

    @classmethod
    @cache
    def json_schema(cls) -> dict[str, Any]:
        """What an editor needs to check a file of this kind, and messages to say what is right."""
        return cls.adapter().json_schema(schema_generator=Untitled)

    @classmethod
    @cache
    def list_rules(cls) -> list[tuple[tuple[str, ...], Callable[[Any], Broken]]]:
        """Each rule with the keys that it needs."""
        return [(row.needs, row) for row in vars(cls).values() if hasattr(row, "needs")]


@dataclass(frozen=True)
class OneOf:
    """Annotates a text that must be one of these."""

    names: tuple[str, ...]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.literal_schema(list(self.names))


def right(words: str) -> Any:
    """Annotate a value with what it must be, for messages, if its type does not say so."""
    return Field(json_schema_extra={"errorMessage": words})


def rule(*needs: str) -> Callable[[Rule], Rule]:
    """Mark a table's method as a rule about these keys, checked unless one of them is wrong."""

    def mark(method: Rule) -> Rule:
        method.needs = needs  # type: ignore[attr-defined]
        return method

    return mark


def assemble(kind: Any, plain: Any) -> Any:
    """Return a table of plain values, unchecked; None stands for a missing key that is needed."""
    if plain is not None and is_dataclass(kind) and isinstance(kind, type):
        hints = hints_of(kind)
        values = {name: assemble(hints[name], part) for name, part in plain.items()}
        return kind(**dict.fromkeys(_needed(kind)) | values)
    if get_origin(kind) is tuple and isinstance(plain, list | tuple):
        return tuple(assemble(get_args(kind)[0], part) for part in plain)
    if get_origin(kind) in (Union, UnionType) and isinstance(plain, dict):
        table = next((part for part in get_args(kind) if is_dataclass(part)), None)
        return assemble(table, plain) if table else dict(plain)
    return plain


@cache
def hints_of(kind: type) -> dict[str, Any]:
    """Return the types of a dataclass's fields, cached because they are slow to find."""
    hints = get_type_hints(kind)
    return {row.name: hints[row.name] for row in fields(kind)}


@cache
def _needed(kind: type) -> tuple[str, ...]:
    return tuple(
        row.name
        for row in fields(kind)
        if row.default is MISSING and row.default_factory is MISSING
    )
