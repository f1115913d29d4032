"""A segmentation network with one number for each class, and its two parts."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from pv_engine.errors import RecipeError, reason_of
from pv_engine.networks.cutting.prefix import MAPS, HeadBeside
from pv_engine.networks.modes import evaluating
from pv_engine.networks.segmentation.gate import GatedEncoder, Reading, last_part
from pv_engine.networks.segmentation.masks import mask_scores, predicted_masks

# Side of the picture with which a network is tried that names none itself, in pixels.
TRIED = 64


@dataclass(frozen=True)
class Trial:
    """What a trial picture showed of a network: its last part and what that reads.

    `place` is that of the features among the tensors in `reading`, `others` says whether another
    of these decides as well; a cell of the features has `stride` pixels along a side.
    """

    part: str
    reading: Reading
    place: int
    others: bool
    stride: int


class Segmenter(nn.Module):
    """A network that answers for every pixel, (B, 3, H, W) to scores (B, classes).

    Parameters
    ----------
    network : nn.Module
        Gives logits (B, K, h, w), as a tensor or as `out` or `logits` of what it returns, which its
        last part computes from one feature map or several. Smaller ones than the picture are
        enlarged bilinearly.
    num_classes : int
        Of the data; where K is one more, the first output is the background.
    """

    def __init__(self, network: nn.Module, num_classes: int) -> None:
        super().__init__()
        self.network = network
        self.num_classes = num_classes

    @property
    def side(self) -> int:
        """Side in pixels of a picture that the network can read."""
        named = getattr(getattr(self.network, "config", None), "image_size", None)
        return named if isinstance(named, int) else TRIED

    @property
    def pretrained_cfg(self) -> dict[str, Any]:
        """The size of trial pictures, where timm's networks have it."""
        return {"input_size": (3, self.side, self.side)}

    def pixels(self, images: Tensor) -> Tensor:
        """Return the network's logits of every pixel, (B, K, H, W)."""
        height, width = images.shape[2:]
        return _enlarged(logits_in(self.network(images)), height, width)

    def forward(self, images: Tensor) -> Tensor:
        return _scores(self.pixels(images), self.num_classes)

    @cached_property
    def trial(self) -> Trial:
        """Found with a picture of noise; RecipeError for a network without a map that decides."""
        side = self.side
        pictures = torch.rand(1, 3, side, side, generator=torch.Generator().manual_seed(0))
        part = last_part(self.network, pictures)
        with evaluating(self.network):
            with torch.no_grad():
                reading = GatedEncoder(self.network, part).reached(pictures)
            deciding = _deciding(reading, self.network.get_submodule(part))
        place = _smallest(reading, deciding)
        cells = int(reading.tensors[place].shape[-1])
        if side % cells:
            raise RecipeError(f"its features have {cells} cells along {side} pixels")
        return Trial(part, reading.emptied(), place, len(deciding) > 1, side // cells)

    def parts(self) -> tuple[nn.Module, nn.Module]:
        """Return the part up to the smallest map that the last part reads, and the rest."""
        found = self.trial
        encoder = GatedEncoder(self.network, found.part, found.place)
        if found.others:
            encoder.beside = MAPS
        part = self.network.get_submodule(found.part)
        return encoder, SegmentationHead(part, found, self.num_classes)

    def refuse_size(self, size: int, architecture: str) -> None:
        """Raise RecipeError for pictures whose side is no multiple of the stride."""
        stride = self.trial.stride
        if size % stride:
            lower = size - size % stride
            raise RecipeError(
                f"data.image_size is {size}, but {architecture} needs a multiple of {stride}, "
                f"such as {lower} or {lower + stride}."
            )


def segmenter_of(network: nn.Module, num_classes: int, architecture: str) -> Segmenter:
    """Return a segmentation network with one number for each class.

    RecipeError for one whose last part does not read a feature map.
    """
    found = Segmenter(network, num_classes)
    try:
        _ = found.trial
    except Exception as error:  # whatever a network's own code raises is why it cannot be cut
        raise RecipeError(
            f"classifier.task is 'segmentation', but {architecture} cannot be cut before its last "
            f"part ({reason_of(error)}); choose another network, such as "
            "torchvision:fcn_resnet50, or let the last part of yours compute logits (B, classes, "
            "h, w) from feature maps."
        ) from error
    return found


def _deciding(reading: Reading, part: nn.Module) -> list[int]:
    """The places of the tensors that change what a part answers."""
    leaves = [each.detach().clone() for each in reading.tensors]
    places = [place for place, each in enumerate(leaves) if each.is_floating_point()]
    with torch.enable_grad():
        floats = [leaves[place].requires_grad_() for place in places]
        logits = logits_in(reading.given_to(part, leaves))
        noise = torch.randn(logits.shape, generator=torch.Generator().manual_seed(0))
        found = torch.autograd.grad((logits * noise).sum(), floats, allow_unused=True)
    # None where the answer does not depend on it at all.
    gradients: list[Tensor | None] = list(found)
    return [
        place
        for place, each in zip(places, gradients, strict=True)
        if each is not None and bool(each.any())
    ]


def _smallest(reading: Reading, places: list[int]) -> int:
    """The place of the smallest map, the last of equals."""
    shapes = {place: reading.tensors[place].shape for place in places}
    areas = [
        (shape[2] * shape[3], -place)
        for place, shape in shapes.items()
        if len(shape) == 4 and shape[2] == shape[3] > 1
    ]
    if not areas:
        raise RecipeError("the part reads no map of the picture that decides")
    return -min(areas)[1]


def logits_in(output: Any) -> Tensor:
    """Return the logits (B, K, h, w) in what a network or its last part gave."""
    found = output
    if isinstance(output, Mapping):
        found = output.get("out", output.get("logits"))
    if not isinstance(found, Tensor) or found.dim() != 4:
        raise RecipeError("it gives no logits (images, classes, height, width)")
    return found


def _enlarged(logits: Tensor, height: int, width: int) -> Tensor:
    if logits.shape[2:] == (height, width):
        return logits
    return functional.interpolate(logits, (height, width), mode="bilinear", align_corners=False)


def _scores(logits: Tensor, num_classes: int) -> Tensor:
    return mask_scores(logits, has_background(logits, num_classes))


def has_background(logits: Tensor, num_classes: int) -> bool:
    """Return whether the first output is no class: there is one more than there are classes."""
    return logits.shape[1] == num_classes + 1


class SegmentationHead(HeadBeside):
    """Features (B, C, h, w) to scores (B, classes), the other maps beside them staying the same."""

    def __init__(self, part: nn.Module, trial: Trial, num_classes: int) -> None:
        super().__init__()
        self.part = part
        self.trial = trial
        self.num_classes = num_classes
        self.others: tuple[Tensor, ...] = ()
        self.training = part.training

    def beside(self, others: tuple[Tensor, ...]) -> "SegmentationHead":
        """Return the head for pictures whose other maps are these."""
        bound = copy.copy(self)
        bound.others = others
        return bound

    def pixels(self, features: Tensor) -> Tensor:
        """Return the logits of every pixel of the picture, (B, K, H, W)."""
        maps = list(self.others)
        maps.insert(self.trial.place, features)
        small = logits_in(self.trial.reading.given_to(self.part, maps))
        height, width = (self.trial.stride * side for side in features.shape[2:])
        return _enlarged(small, height, width)

    def masks(self, features: Tensor) -> Tensor:
        """Return the class of every pixel, (B, H, W): its number from 1, or 0 for none."""
        logits = self.pixels(features)
        found = predicted_masks(logits)
        return found if has_background(logits, self.num_classes) else found + 1

    def forward(self, features: Tensor) -> Tensor:
        return _scores(self.pixels(features), self.num_classes)
