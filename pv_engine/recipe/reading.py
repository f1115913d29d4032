"""Reads a recipe: the TOML file from which, with its seed, one stimulus set follows.

Free of torch and Django.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import MISSING, asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from pv_engine.errors import RecipeError
from pv_engine.recipe import (
    ClassifierConfig,
    DataConfig,
    DecoderConfig,
    ExemplarConfig,
    PerChannel,
    QualityConfig,
    RenderingConfig,
    SelectionConfig,
)
from pv_engine.recipe.data import abbreviated, spelled_out
from pv_engine.recipe.rules import require

Section = TypeVar("Section")

SECTIONS: dict[str, type] = {
    "data": DataConfig,
    "classifier": ClassifierConfig,
    "decoder": DecoderConfig,
    "exemplar": ExemplarConfig,
    "selection": SelectionConfig,
    "rendering": RenderingConfig,
    "quality": QualityConfig,
}
# Sections that a recipe may leave out: it is then None, and settings and hashes know nothing of it.
OPTIONAL = {"exemplar"}


@dataclass(frozen=True)
class Places:
    """Where a machine keeps what a recipe names; None for where the recipe says.

    Part of no hash: the recipe says what is wanted, not where it lies.
    """

    data_root: Path | None = None
    weights: Path | None = None

    @classmethod
    def given(cls, data_root: Path | None, weights: Path | None) -> "Places":
        """Of a command line, whose paths start in the current folder, not in the recipe's."""
        return cls(*(path.resolve() if path else None for path in (data_root, weights)))


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
    exemplar: ExemplarConfig | None
    text: str
    table: dict[str, Any]
    folder: Path
    places: Places = Places()

    @property
    def data_root(self) -> Path:
        """The folder of the images."""
        return self.places.data_root or self.path(self.data.root)

    @property
    def weights_file(self) -> Path | None:
        """The classifier's file of weights; None for the library's own and for random ones."""
        weights = self.classifier.weights
        named = None if weights in ("", "default") else self.path(weights)
        return self.places.weights or named

    @property
    def downloads_weights(self) -> bool:
        """Whether the classifier starts from the library's own weights."""
        return self.classifier.weights == "default" and self.weights_file is None

    @property
    def build_key(self) -> str:
        """What a work folder is known by: the recipe's hash, with the places where any are given,
        so that builds from different files never mix."""
        if self.places == Places():
            return self.sha256
        named = f"{self.sha256} {self.places.data_root} {self.places.weights}"
        return hashlib.sha256(named.encode()).hexdigest()

    def at(self, places: Places) -> "Recipe":
        """The same recipe with data and weights from these places."""
        return replace(self, places=places)

    @property
    def settings(self) -> dict[str, Any]:
        """Name, seed and all sections with their defaults filled in, as plain values."""
        sections = {name: getattr(self, name) for name in SECTIONS}
        values = {name: asdict(each) for name, each in sections.items() if each is not None}
        plain: dict[str, Any] = json.loads(json.dumps(values))
        return {"name": self.name, "seed": self.seed, **plain}

    @property
    def sha256(self) -> str:
        """Hash of what the author wrote: comments, spacing and order do not change it, nor does a
        key that a later version adds with a default, nor either name of the project's factories."""
        table = self.table | {"data": abbreviated(self.table["data"])}
        canonical = json.dumps(table, sort_keys=True, separators=(",", ":"), default=str)
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
    written = table | {"data": spelled_out(table.get("data", {}))}
    sections: dict[str, Any] = {
        section: None
        if section in OPTIONAL and section not in written
        else _section(kind, section, written.get(section, {}))
        for section, kind in SECTIONS.items()
    }
    shows = sections["rendering"].needs("exemplars")
    require(
        sections["exemplar"] is not None or not shows,
        "rendering.conditions shows exemplars, which need a section [exemplar]; add it, it may be "
        "empty.",
    )
    require(
        sections["exemplar"] is None or shows,
        "The section [exemplar] is given, but no condition shows exemplars; name pv_exemplar in "
        "rendering.conditions or leave the section out.",
    )
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
    if kind == PerChannel | None:
        return _per_channel(value, key)
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


def _per_channel(value: Any, key: str) -> PerChannel:
    """One number, or a list of three."""
    parts = value if isinstance(value, list) else [value] * 3
    if len(parts) != 3 or not all(type(part) in (int, float) for part in parts):
        raise RecipeError(f"{key} must be a number or a list of three numbers, but is {value!r}.")
    red, green, blue = map(float, parts)
    return (red, green, blue) if isinstance(value, list) else red
