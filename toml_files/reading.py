"""Reads a document into a table's class, and notes everything that is wrong with it."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import fields
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from toml_files.document import Document
from toml_files.positions import join
from toml_files.tables import TomlTable, assemble
from toml_files.wording import Schema, describe, did_you_mean, keys_of, node_at, show

Kind = TypeVar("Kind", bound=TomlTable)
Path = tuple[str | int, ...]


def read(kind: type[Kind], document: Document, within: str = "", context: Any = None) -> Kind:
    """The document's table, or the one named `within`, as a `kind`; problems go to the document.

    While the document has problems, what is returned has its defaults in the place of what is
    wrong: good for further checks that do not look at the wrong keys, and for nothing else.
    """
    table: Any = document.table[within] if within else document.table
    try:
        found: Kind = kind.adapter().validate_python(table, context=context)
    except ValidationError as error:
        wrong = _outermost(error, table)
        for path, row in wrong.items():
            key = key_of(path, within)
            document.note(key, _sentence(row, path, key, kind.json_schema()))
        found = assemble(kind, {} if () in wrong else _without(table, wrong))
    for key, sentence, needs in list(_broken(found, within, document)):
        line = next((document.lines[name] for name in (key, *needs) if name in document.lines), 0)
        document.note(key, sentence, line)
    return found


def key_of(path: Path, within: str = "") -> str:
    """Return the full name of the key at a path; positions in lists count from 1."""
    for part in path:
        within = f"{within}[{part + 1}]" if isinstance(part, int) else join(within, part)
    return within


def _outermost(error: ValidationError, table: Any) -> dict[Path, ErrorDetails]:
    """One error for each place of the table, none for a list or table that holds another."""
    found: dict[Path, ErrorDetails] = {}
    for row in error.errors(include_url=False):
        path = _path_of(row, table)
        # Of the branches of a union, the one that says in words of its own what would be right.
        if path not in found or row["type"] == "value_error":
            found[path] = row
    inside = {path[:end] for path in found for end in range(len(path))}
    return {path: row for path, row in found.items() if path not in inside}


def _path_of(row: ErrorDetails, table: Any) -> Path:
    """Where the error is in the table, without pydantic's names for the branches of a union."""
    path: Path = ()
    for part in row["loc"]:
        here = range(len(table)) if isinstance(table, list) else table
        if isinstance(here, dict | range) and part in here:
            path, table = (*path, part), table[part]
    return (*path, row["loc"][-1]) if _is_missing(row) else path


def _is_missing(row: ErrorDetails) -> bool:
    """Whether a table lacks a key, rather than a list of fixed length a part."""
    return row["type"] == "missing" and isinstance(row["loc"][-1], str)


def _sentence(row: ErrorDetails, path: Path, key: str, schema: Schema) -> str:
    if row["type"] == "unexpected_keyword_argument":
        known = keys_of(node_at(schema, path[:-1]), schema)
        hint = did_you_mean(path[-1], known)
        return f"unknown key {key}{hint}; known here are {', '.join(known)}."
    node = node_at(schema, path)
    must_be = describe(node, schema, key)
    if _is_missing(row):
        return f"the key {key} is missing; it must be {must_be}."
    if row["type"] == "value_error":
        must_be = str(row["ctx"]["error"])
    hint = did_you_mean(row["input"], node.get("enum", []))
    return f"{key} must be {must_be}, but is {show(row['input'])}{hint}."


def _without(table: dict[str, Any], paths: dict[Path, ErrorDetails]) -> dict[str, Any]:
    """The table without the values at these paths."""
    kept = deepcopy(table)
    for path in paths:
        part: Any = kept
        last: Any = path[-1]
        for name in path[:-1]:
            part = part[name]
        if isinstance(part, list):
            part[last] = None
        else:
            part.pop(last, None)
    return kept


def _broken(found: Any, name: str, document: Document) -> Iterator[tuple[str, str, list[str]]]:
    """Each broken rule, here and below: the key, the sentence, and the keys that the rule needs."""
    if isinstance(found, tuple):
        for index, part in enumerate(found, start=1):
            yield from _broken(part, f"{name}[{index}]", document)
    if not isinstance(found, TomlTable):
        return
    for needs, check in found.list_rules():
        keys = [join(name, need) for need in needs]
        if not any(map(document.has_problem, keys)):
            for key, words in check(found):
                yield join(name, key), f"{join(name, key)} {words}.", keys
    for row in fields(found):  # type: ignore[arg-type] # every table is a dataclass
        yield from _broken(getattr(found, row.name), join(name, row.name), document)
