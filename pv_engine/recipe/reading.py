"""Reads a recipe: the TOML file from which, with its seed, one stimulus set follows.

Free of torch and Django.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, get_args

from pv_engine.errors import RecipeError
from pv_engine.recipe import (
    ClassifierConfig,
    DataConfig,
    DecoderConfig,
    ExemplarConfig,
    QualityConfig,
    RenderingConfig,
    SelectionConfig,
)
from pv_engine.recipe.sections.data import abbreviated, spelled_out
from pv_engine.recipe.sections.values import Seed
from toml_files.document import Document, read_text
from toml_files.reading import read
from toml_files.tables import Broken, TomlTable, hints_of, rule


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


@dataclass(frozen=True, kw_only=True)
class RecipeFile(TomlTable):
    """Everything that decides a stimulus set."""

    name: str = ""
    """What the stimulus set is called; the file's name unless given."""
    seed: Seed = 1
    """Every choice at random follows from it."""
    data: DataConfig
    """Where the images come from."""
    classifier: ClassifierConfig = field(default_factory=ClassifierConfig)
    """The network being explained."""
    decoder: DecoderConfig = field(default_factory=DecoderConfig)
    """The network that turns features into a picture."""
    exemplar: ExemplarConfig | None = None
    """Which training pictures are shown as exemplars; only where a condition shows any."""
    selection: SelectionConfig = field(default_factory=SelectionConfig)
    """Which images become items."""
    rendering: RenderingConfig = field(default_factory=RenderingConfig)
    """How stimuli are drawn."""
    quality: QualityConfig = field(default_factory=QualityConfig)
    """How the pictures are measured."""

    @rule("data.transform", "classifier.architecture")
    def _known_transform(self) -> Broken:
        if self.data.transform == "own" and not self.classifier.is_library_network:
            yield (
                "data.transform",
                "is 'own', which is known of libraries' networks only; leave it out",
            )

    @rule(
        "data.masks",
        "classifier.task",
        "rendering.outline",
        "rendering.targets",
        "decoder.prediction_weight",
    )
    def _segmentation(self) -> Broken:
        if self.classifier.task != "segmentation":
            if self.rendering.outline:
                yield "rendering.outline", 'needs classifier.task = "segmentation"'
            return
        if not self.data.masks:
            yield "data.masks", 'must be true under classifier.task = "segmentation"'
        if self.rendering.further_targets:
            yield "rendering.targets", "must be ['top'] under classifier.task = \"segmentation\""
        if self.decoder.prediction_weight:
            yield "decoder.prediction_weight", "must be 0 under segmentation, which has no shares"

    @rule("exemplar", "rendering.conditions")
    def _exemplars_where_shown(self) -> Broken:
        shows = self.rendering.needs("exemplars")
        if shows and self.exemplar is None:
            yield (
                "rendering.conditions",
                "shows exemplars, which need a section [exemplar]; add it, it may be empty",
            )
        if self.exemplar is not None and not shows:
            yield (
                "exemplar",
                "is a section, but no condition shows exemplars; name pv_exemplar in "
                "rendering.conditions or leave [exemplar] out",
            )


# Keys that came later, without which settings are as they were before: they stand there only where
# the recipe gives them.
LATER = {
    "data": ("transform", "detail", "classes", "masks", "white"),
    "classifier": ("answers", "head_activation", "precision", "prompts", "question", "stages"),
    "decoder": (
        "views",
        "perceptual_weight",
        "perceptual",
        "perceptual_weights",
        "perceptual_width",
        "adversarial_weight",
    ),
    "exemplar": ("consensus",),
    "selection": ("iou_right", "iou_wrong"),
    "rendering": ("targets", "outline"),
    "quality": ("reader_classes", "displayed_pictures"),
}
SECTIONS: dict[str, type[TomlTable]] = {
    name: kind
    for name, hint in hints_of(RecipeFile).items()
    for kind in (hint, *get_args(hint))
    if isinstance(kind, type) and issubclass(kind, TomlTable)
}


@dataclass(frozen=True, kw_only=True)
class Recipe(RecipeFile):
    """A recipe that was read.

    `text` is the TOML as written, `table` what it says; `folder` is where its relative paths start.
    """

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
        """What a work folder is known by: the hash of what decides the stimuli, so without
        [quality], and with the places where any are given: builds of two files never mix."""
        return self._key(_hashed(self._canonical(without="quality")))

    @property
    def earlier_build_key(self) -> str:
        """The same as versions up to 0.2 made it, with [quality]."""
        return self._key(self.sha256)

    def _key(self, digest: str) -> str:
        if self.places == Places():
            return digest
        return _hashed(f"{digest} {self.places.data_root} {self.places.weights}")

    def work_folder(self, builds: Path) -> Path:
        """The folder of the recipe's own build among others; an earlier version's if it has one."""
        earlier = builds / self.earlier_build_key[:16]
        return earlier if earlier.is_dir() else builds / self.build_key[:16]

    @property
    def quality_key(self) -> str:
        """What measures are known by: the hash of [quality]."""
        return _hashed(json.dumps(self.table.get("quality", {}), sort_keys=True, default=str))

    def at(self, places: Places) -> "Recipe":
        """The same recipe with data and weights from these places."""
        return replace(self, places=places)

    @property
    def settings(self) -> dict[str, Any]:
        """Name, seed and all sections with their defaults filled in, as plain values."""
        sections = {name: getattr(self, name) for name in SECTIONS}
        values = {name: asdict(each) for name, each in sections.items() if each is not None}
        for section, keys in LATER.items():
            for key in keys:
                if section in values and key not in self.table.get(section, {}):
                    del values[section][key]
        plain: dict[str, Any] = json.loads(json.dumps(values))
        return {"name": self.name, "seed": self.seed, **plain}

    @property
    def sha256(self) -> str:
        """Hash of what the author wrote: comments, spacing and order do not change it, nor does a
        key that a later version adds with a default, nor either name of the project's factories."""
        return _hashed(self._canonical())

    def _canonical(self, without: str = "") -> str:
        table = self.table | {"data": abbreviated(self.table["data"])}
        table.pop(without, None)
        return json.dumps(table, sort_keys=True, separators=(",", ":"), default=str)

    def path(self, relative: str) -> Path:
        """A path of the recipe, read from the recipe's own folder."""
        return (self.folder / Path(relative).expanduser()).resolve()


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read_recipe(path: Path, changes: Iterable[str] = ()) -> Recipe:
    """Read a recipe file; RecipeError when it is missing, or with every rule that it breaks.

    `changes` such as `data.root="/photos"` replace single values, which count as the author's.
    """
    text = read_text(path, RecipeError, "recipe")
    return parse_recipe(text, path.name, path.resolve().parent, changes)


def parse_recipe(text: str, name: str, folder: Path, changes: Iterable[str] = ()) -> Recipe:
    """A recipe from its text; `name` is only used in messages and as the default name."""
    document = Document.parse(text, name, RecipeError)
    for change in changes:
        _apply(change, document.table)
    table = document.table
    written = table | {"data": spelled_out(table["data"])} if "data" in table else table
    found = read(RecipeFile, replace(document, table=written))
    document.raise_problems()
    values = {row.name: getattr(found, row.name) for row in fields(RecipeFile)}
    return Recipe(
        **values | {"name": table.get("name", Path(name).stem)},
        text=text,
        table=table,
        folder=folder,
    )


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
