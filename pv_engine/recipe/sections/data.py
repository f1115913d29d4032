"""[data]: which images."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pv_engine.recipe.registries.sources import FACTORY, KINDS, SHORT, SOURCES
from pv_engine.recipe.sections.values import Count, Part, Side
from pv_engine.registry import DataSource
from toml_files.tables import Broken, OneOf, TomlTable, rule

# Factories that come with the project, by the short name that a recipe may give as its kind.
PROJECT_FACTORIES = {name: source.opens for name, source in SHORT.items()}


@dataclass(frozen=True)
class DataConfig(TomlTable):
    """Where the images come from."""

    kind: Annotated[str, OneOf(KINDS)]
    """What kind of source: see [Data sources](registries.md#data-sources)."""
    factory: str = ""
    """`<package.module>:<function>` under `factory`: takes this section, the folder of `root` and
    the seed, and returns the source."""
    image_size: Side = 224
    """Side of the square that the network sees, in pixels."""
    transform: Literal["square", "own", "squash"] = "square"
    """`own`: photographs are resized and cropped as the network's weights were evaluated, and
    participants see that crop; `square`: the whole central square; `squash`: the whole photograph,
    its sides made equal, as in the authors' code."""
    detail: Count = 0
    """Side in pixels to which the network's pictures are reduced before they are enlarged to
    `image_size`, which makes a weaker model; participants see whole pictures. 0: not reduced."""
    white: Count = 0
    """The number that is white in images of greys with 16 or 32 bits or with fractions, black being
    0: 4095 for scans of 12 bits. 0: 65535 for 16 bits, and the others are refused."""
    masks: bool = False
    """Whether images come with a mask of their classes, which classifier.task = "segmentation"
    needs; under `voc`, only its images with masks are used."""
    classes: str = ""
    """CSV or JSON file, relative to the recipe, of the classes' names in the order of the network's
    outputs; left out, they are in alphabetical order."""
    root: str = ""
    """Folder of the images, relative to the recipe."""
    train_split: str = "train"
    """Sub-folder, list or image set that the classifier and the decoder are trained on."""
    held_out_split: str = "val"
    """The one that items are picked from and quality is measured on."""
    year: Literal["2007", "2012"] = "2012"
    """Edition of PASCAL VOC."""
    difficult: Literal["ignore", "count"] = "ignore"
    """Whether a VOC object that is marked difficult gives its image a label."""
    download: bool = False
    """Whether torchvision may download PASCAL VOC into `root`."""
    train: Count = 0
    """How many training images to use; 0 means all there are."""
    held_out: Count = 0
    """How many held-out images to use; 0 means all there are."""
    validation_share: Part = 0.1
    """Share of the training images that only chooses the best weights."""
    on_bad_image: Literal["stop", "skip"] = "stop"
    """Whether an unreadable image stops the build or is left out by name."""

    @rule("factory", "kind")
    def _factory_of_ones_own(self) -> Broken:
        module, _, function = self.factory.partition(":")
        if self.kind == "factory" and not (module and function):
            words = "must name a function as <package.module>:<function>, but is"
            yield "factory", f"{words} {self.factory!r}"
        if self.kind != "factory" and self.factory:
            yield "factory", f'needs data.kind = "factory", but data.kind is {self.kind!r}'

    @rule("masks", "transform")
    def _masks_of_squares(self) -> Broken:
        if self.masks and self.transform != "square":
            yield "transform", f"must be 'square' with data.masks, but is {self.transform!r}"

    @rule("detail", "image_size")
    def _less_detail(self) -> Broken:
        if self.detail > self.image_size:
            yield "detail", f"must not exceed image_size, {self.image_size}, but is {self.detail}"

    @rule("root", "kind")
    def _folder(self) -> Broken:
        if self._declared and self._declared.needs_root and not self.root:
            yield "root", "must name the folder of the images"

    @rule("train_split", "held_out_split", "kind")
    def _two_splits(self) -> Broken:
        finds_splits = self._declared is not None and self._declared.has_splits
        if finds_splits and self.train_split == self.held_out_split:
            yield (
                "train_split",
                f"and held_out_split are both {self.train_split!r}; held-out images must not be "
                "trained on",
            )

    @property
    def _declared(self) -> DataSource | None:
        """What the registry says of the kind; None for a factory, of which nothing is known."""
        return None if self.kind == FACTORY else (SOURCES | SHORT)[self.kind]

    @property
    def source(self) -> str:
        """One name for where the images come from: the kind, or the factory or its short name."""
        short = {factory: kind for kind, factory in PROJECT_FACTORIES.items()}
        return short.get(self.factory, self.factory) or self.kind


def spelled_out(values: Any) -> Any:
    """[data] with the factory that a short name stands for."""
    if isinstance(values, dict) and "factory" not in values:
        for kind, factory in PROJECT_FACTORIES.items():
            if values.get("kind") == kind:
                return values | {"kind": "factory", "factory": factory}
    return values


def abbreviated(values: Any) -> Any:
    """[data] with the short name of its factory, if it has one; the inverse of `spelled_out`."""
    for kind, factory in PROJECT_FACTORIES.items():
        if values.get("kind") == "factory" and values.get("factory") == factory:
            rest = {key: value for key, value in values.items() if key != "factory"}
            return rest | {"kind": kind}
    return values
