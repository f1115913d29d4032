"""What the conditions draw from: pictures, maps and exemplars of a batch."""

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from pytorch_grad_cam.utils.image import show_cam_on_image
from torch import Tensor
from torch.nn import functional

from pv_engine.exemplars.composition import GAP, in_grid
from pv_engine.explain.perception import masked
from pv_engine.recipe import CONDITIONS, RenderingConfig

NOT_FOUND = "No exemplar was searched"


@dataclass(frozen=True)
class Material:
    """The inputs for rendering a batch; s is the side in pixels that participants see.

    Attributes
    ----------
    originals, reconstructions : (B, 3, s, s) in [0, 1]
    maps : (B, s, s) in [0, 1]
        Saliency maps of the class that the pictures are about, the items' top classes by default.
    other_maps : (B, s, s) in [0, 1]
        Saliency maps of other items.
    autoencoded : (B, 3, s, s) in [0, 1], optional
        From the reference autoencoder, if the recipe trains one.
    exemplars : (B, n, 3, s, s) in [0, 1], optional
        The best first.
    other_exemplars : (B, 1, 3, s, s) in [0, 1], optional
        Found by other items' features under these maps.
    """

    originals: Tensor
    reconstructions: Tensor
    maps: Tensor
    other_maps: Tensor
    autoencoded: Tensor | None = None
    exemplars: Tensor | None = None
    other_exemplars: Tensor | None = None

    def masked(self, pictures: Tensor, maps: Tensor | None = None) -> Tensor:
        """Return pictures (B, 3, s, s) under the maps, or under others; see `perception.masked`."""
        return masked(pictures, self.maps if maps is None else maps)

    def overlay(self, colour_map: str) -> Tensor:
        """Return the maps over the originals, half and half, as pytorch-grad-cam renders it.

        `colour_map` is OpenCV's name, such as "JET".
        """
        colours: int = getattr(cv2, f"COLORMAP_{colour_map}")
        pictures = [
            show_cam_on_image(
                np.ascontiguousarray(picture.permute(1, 2, 0).float().cpu().numpy()),
                saliency.float().cpu().numpy(),
                use_rgb=True,
                colormap=colours,
            )
            for picture, saliency in zip(self.originals, self.maps, strict=True)
        ]
        return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255

    def side_by_side(self, left: Tensor, right: Tensor) -> Tensor:
        """Return two pictures in one of the same side, (B, 3, s, s): halved, white around them."""
        side = left.shape[-1]
        half = (side - side // GAP) // 2
        top = (side - half) // 2
        whole = torch.ones_like(left)
        for picture, first in ((left, 0), (right, side - half)):
            whole[..., top : top + half, first : first + half] = functional.interpolate(
                picture, (half, half), mode="bilinear", antialias=True
            )
        return whole

    def grid_of(self, pictures: Tensor) -> Tensor:
        """Return four pictures each, (B, 4, 3, s, s), under the maps in close-up: (B, 3, s, s)."""
        return in_grid(pictures, self.maps, masked)

    def reference(self) -> Tensor:
        """Return the reference autoencoder's pictures; ValueError if it was not trained."""
        return _made(self.autoencoded, "The reference autoencoder was not trained")

    def found_exemplars(self) -> Tensor:
        """Return the exemplars, (B, n, 3, s, s); ValueError if none were searched."""
        return _made(self.exemplars, NOT_FOUND)

    def lent_exemplars(self) -> Tensor:
        """Return other items' exemplars, (B, 1, 3, s, s); ValueError if none were searched."""
        return _made(self.other_exemplars, NOT_FOUND)


def drawn(kind: str, material: Material) -> Tensor:
    """Return the pictures of a condition, (B, 3, s, s); ValueError for one that draws nothing."""
    draws = CONDITIONS[kind].draws
    if draws is None:
        raise ValueError(f"The condition {kind!r} draws nothing.")
    return draws(material)


def exemplars_in(rendering: RenderingConfig) -> int:
    """How many exemplars of an item the conditions show at most; the control is not among them."""
    return max(CONDITIONS[condition].exemplars for condition in rendering.conditions)


def _made(pictures: Tensor | None, what: str) -> Tensor:
    """Pictures that not every build makes; a ValueError where this one did not."""
    if pictures is None:
        raise ValueError(f"{what}, but a condition shows it.")
    return pictures
