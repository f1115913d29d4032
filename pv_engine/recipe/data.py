"""[data]: which images."""

from dataclasses import dataclass
from typing import Literal

from pv_engine.recipe.rules import require


@dataclass(frozen=True)
class DataConfig:
    """Where the images come from."""

    kind: Literal["scenes", "image_folder", "voc", "csv"]
    """`scenes`: drawn by the project; `image_folder`: `root/<split>/<class>/<image>`; `voc`:
    PASCAL VOC under `root/VOCdevkit`; `csv`: `root/<split>.csv` with the columns `filename` and
    `labels` (separated by semicolons)."""
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
        if self.kind == "scenes":
            require(
                self.train > 0 and self.held_out > 0,
                "data.train and data.held_out must say how many scenes to draw.",
            )
        else:
            require(self.root != "", "data.root must name the folder of the images.")
            require(
                self.train_split != self.held_out_split,
                f"data.train_split and held_out_split are both {self.train_split!r}; held-out "
                "images must not be trained on.",
            )
