"""[data]: which images."""

from dataclasses import dataclass
from typing import Any, Literal

from pv_engine.recipe.rules import require

# Factories that come with the project, by the short name that a recipe may give as its kind.
PROJECT_FACTORIES = {"scenes": "fixtures.scenes.source:SceneSource"}


@dataclass(frozen=True)
class DataConfig:
    """Where the images come from."""

    kind: Literal["image_folder", "voc", "csv", "factory"]
    """`image_folder`: `root/<split>/<class>/<image>`; `voc`: PASCAL VOC under `root/VOCdevkit`;
    `csv`: `root/<split>.csv` with the columns `filename` and `labels` (separated by semicolons);
    `factory`: a source of one's own. `scenes` is short for the factory of the demo's scenes."""
    factory: str = ""
    """`<package.module>:<function>` under `factory`: takes this section, the folder of `root` and
    the seed, and returns the source."""
    image_size: int = 224
    """Side of the square that the network sees, in pixels."""
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
    train: int = 0
    """How many training images to use; 0 means all there are."""
    held_out: int = 0
    """How many held-out images to use; 0 means all there are."""
    validation_share: float = 0.1
    """Share of the training images that only chooses the best weights."""
    on_bad_image: Literal["stop", "skip"] = "stop"
    """Whether an unreadable image stops the build or is left out by name."""

    def __post_init__(self) -> None:
        require(
            self.image_size >= 32,
            f"data.image_size must be at least 32 pixels, but is {self.image_size}.",
        )
        require(
            0 < self.validation_share < 1,
            f"data.validation_share must lie between 0 and 1, but is {self.validation_share}.",
        )
        require(
            self.train >= 0 and self.held_out >= 0,
            "data.train and data.held_out must be 0 (all) or more.",
        )
        is_own = self.kind == "factory"
        module, _, function = self.factory.partition(":")
        require(
            not is_own or bool(module and function),
            "data.factory must name a function as <package.module>:<function>, but is "
            f"{self.factory!r}.",
        )
        require(
            is_own or not self.factory,
            f'data.factory needs data.kind = "factory", but data.kind is {self.kind!r}.',
        )
        if not is_own:
            require(self.root != "", "data.root must name the folder of the images.")
            require(
                self.train_split != self.held_out_split,
                f"data.train_split and held_out_split are both {self.train_split!r}; held-out "
                "images must not be trained on.",
            )

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
