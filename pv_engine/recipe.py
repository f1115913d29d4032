"""Reads a recipe: the TOML file from which, with its seed, one stimulus set follows.

Free of torch and Django.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from pv_engine.configs import (
    ClassifierConfig,
    DataConfig,
    DecoderConfig,
    QualityConfig,
    RenderingConfig,
    SelectionConfig,
)
from pv_engine.errors import RecipeError

Section = TypeVar("Section")

SECTIONS: dict[str, type] = {
    "data": DataConfig,
    "classifier": ClassifierConfig,
    "decoder": DecoderConfig,
    "selection": SelectionConfig,
    "rendering": RenderingConfig,
    "quality": QualityConfig,
}


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a stimulus set.

    `text` is the TOML as written, `table` what it says; `folder` is where its relative paths start.
    """

    name: str
    seed: int
    data: DataConfig
    classifier: ClassifierConfig
    decoder: DecoderConfig
    selection: SelectionConfig
    rendering: RenderingConfig
    quality: QualityConfig
    text: str
    table: dict[str, Any]
    folder: Path

    @property
    def settings(self) -> dict[str, Any]:
        """Name, seed and all sections with their defaults filled in, as plain values."""
        values = {section: asdict(getattr(self, section)) for section in SECTIONS}
        plain: dict[str, Any] = json.loads(json.dumps(values))
        return {"name": self.name, "seed": self.seed, **plain}

    @property
    def sha256(self) -> str:
        """Hash of what the author wrote: comments, spacing and order do not change it, nor does a
        key that a later version adds with a default."""
        canonical = json.dumps(self.table, sort_keys=True, separators=(",", ":"), default=str)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def path(self, relative: str) -> Path:
        """A path of the recipe, read from the recipe's own folder."""
        return (self.folder / Path(relative).expanduser()).resolve()


def read_recipe(path: Path, changes: Iterable[str] = ()) -> Recipe:
    """Read a recipe file; RecipeError when it is missing or breaks a rule.

    `changes` such as `data.root="/photos"` replace single values, which count as the author's.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(
            f"The recipe {path} cannot be read ({error}); name a TOML file."
        ) from error
    return parse_recipe(text, path.name, path.resolve().parent, changes)


def parse_recipe(text: str, name: str, folder: Path, changes: Iterable[str] = ()) -> Recipe:
    """A recipe from its text; `name` is only used in messages and as the default name."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{name} is not valid TOML: {error}.") from error
    for change in changes:
        _apply(change, table)
    try:
        return _recipe_from(table, text, Path(name).stem, folder)
    except RecipeError as error:
        raise RecipeError(f"{name}: {error}") from error


def _apply(change: str, table: dict[str, Any]) -> None:
    """Put the value of `section.key=value` into the table; the value is TOML, or else a text."""
    address, equals, value = change.partition("=")
    section, dot, key = address.strip().rpartition(".")
    if not equals or not key:
        raise RecipeError(f"{change!r} is no change; write it as section.key=value.")
    try:
        parsed = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value
    target = table.setdefault(section, {}) if dot else table
    if not isinstance(target, dict):
        raise RecipeError(f"{change!r} changes {section}, which is no table.")
    target[key] = parsed


def _recipe_from(table: dict[str, Any], text: str, stem: str, folder: Path) -> Recipe:
    _refuse_unknown(set(table), {"name", "seed", *SECTIONS}, "")
    sections: dict[str, Any] = {
        section: _section(kind, section, table.get(section, {}))
        for section, kind in SECTIONS.items()
    }
    return Recipe(
        name=_checked(table.get("name", stem), str, "name"),
        seed=_checked(table.get("seed", 1), int, "seed"),
        text=text,
        table=table,
        folder=folder,
        **sections,
    )


def _section(kind: type[Section], name: str, values: object) -> Section:
    if not isinstance(values, dict):
        raise RecipeError(f"{name} must be a table, [{name}], but is {values!r}.")
    hints = get_type_hints(kind)
    _refuse_unknown(set(values), set(hints), f"{name}.")
    for field in fields(kind):  # type: ignore[arg-type] # every section is a dataclass
        if field.default is MISSING and field.name not in values:
            raise RecipeError(f"{name}.{field.name} is missing.")
    return kind(
        **{key: _checked(value, hints[key], f"{name}.{key}") for key, value in values.items()}
    )


def _refuse_unknown(found: set[str], known: set[str], prefix: str) -> None:
    for key in sorted(found - known):
        raise RecipeError(f"{prefix}{key} is not a key; known are {', '.join(sorted(known))}.")


def _checked(value: Any, kind: Any, key: str) -> Any:
    """The value as the field's type, or RecipeError naming the key and what would be right."""
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            known = ", ".join(map(str, get_args(kind)))
            raise RecipeError(f"{key} is {value!r}; known are {known}.")
        return value
    if get_origin(kind) is tuple:
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            raise RecipeError(f"{key} must be a list of texts, but is {value!r}.")
        return tuple(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        words = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}
        raise RecipeError(f"{key} must be {words[kind]}, but is {value!r}.")
    return value
