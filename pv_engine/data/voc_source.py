"""PASCAL VOC 2007 and 2012 as multi-label images, read with torchvision."""

from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from pv_engine.data.images import load_square
from pv_engine.data.masks import classes_in_mask, load_mask
from pv_engine.data.subset import choose_subset
from pv_engine.errors import ImageDataError, reason_of
from pv_engine.recipe import DataConfig
from pv_engine.runtime import torchvision_ops  # noqa: F401 - must precede torchvision


class VocSource:
    """`root/VOCdevkit/VOC<year>`: an image's labels are the classes of its annotated objects.

    The classes are the twenty of VOC. The recipe says whether objects marked `difficult` count. An
    image without any counted object has no label and is never picked.
    """

    classes: tuple[str, ...] = (
        "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
        "diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa",
        "train", "tvmonitor",
    )  # fmt: skip

    def __init__(self, config: DataConfig, root: Path, seed: int) -> None:
        self.config = config
        self.root = root
        self.seed = seed
        self.folder = root / "VOCdevkit" / f"VOC{config.year}"

    def names(self, split: str) -> list[str]:
        from torchvision.datasets import VOCDetection, VOCSegmentation

        image_set = self.config.train_split if split == "train" else self.config.held_out_split
        # torchvision would download existing files again. The archive with `test` of 2007 is
        # another one than the other sets' archive; both are unpacked into the same folder.
        kind = "Segmentation" if self.config.masks else "Main"
        listed = self.folder / "ImageSets" / kind / f"{image_set}.txt"
        download = self.config.download and not listed.is_file()
        try:
            opened = VOCSegmentation if self.config.masks else VOCDetection
            dataset = opened(str(self.root), self.config.year, image_set, download=download)
        except (RuntimeError, OSError, ValueError) as error:
            raise ImageDataError(
                f"PASCAL VOC {self.config.year} {image_set} cannot be read from {self.root} "
                f"({reason_of(error)}); data.root must contain VOCdevkit/VOC{self.config.year}, or "
                "set data.download = true."
            ) from error
        limit = self.config.train if split == "train" else self.config.held_out
        return choose_subset([Path(image).stem for image in dataset.images], limit, self.seed)

    def mask(self, name: str, size: int) -> np.ndarray:
        """Return the class of every pixel; see MaskSource."""
        return load_mask(self.folder / "SegmentationClass" / f"{name}.png", self.path(name), size)

    def labels(self, name: str) -> tuple[str, ...]:
        if self.config.masks:
            return classes_in_mask(self, name)
        return _annotated_classes(
            self.folder / "Annotations" / f"{name}.xml",
            self.config.difficult == "count",
            self.classes,
        )

    def path(self, name: str) -> Path:
        return self.folder / "JPEGImages" / f"{name}.jpg"

    def load(self, name: str, size: int) -> Image.Image:
        return load_square(self.path(name), size)


@lru_cache(maxsize=1)
def _annotated_classes(
    path: Path, count_difficult: bool, known: tuple[str, ...]
) -> tuple[str, ...]:
    from torchvision.datasets import VOCDetection

    try:
        # The annotations are the data set's own files, read by torchvision with the same parser.
        root = ElementTree.parse(path).getroot()  # noqa: S314
    except (OSError, ElementTree.ParseError) as error:
        raise ImageDataError(
            f"The annotation {path} cannot be read ({reason_of(error)})."
        ) from error
    annotation = VOCDetection.parse_voc_xml(root).get("annotation", "")
    # torchvision reads an annotation without tags as a text.
    objects = annotation.get("object", []) if isinstance(annotation, dict) else []
    try:
        found = {
            each["name"] for each in objects if count_difficult or each.get("difficult", "0") != "1"
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise ImageDataError(f"The annotation {path} contains an object without a name.") from error
    unknown = found - set(known)
    if unknown:
        raise ImageDataError(
            f"The annotation {path} names {min(unknown)!r}, which is not a VOC class."
        )
    return tuple(sorted(found))
