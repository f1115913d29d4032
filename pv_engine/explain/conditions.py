"""The conditions: for each name, the function that renders its picture."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from pytorch_grad_cam.utils.image import show_cam_on_image
from torch import Tensor

from pv_engine.exemplars.composition import in_grid
from pv_engine.explain.perception import masked
from pv_engine.recipe import RenderingConfig
from pv_engine.recipe.exemplar import IN_GRID

NOT_FOUND = "No exemplar was searched"


@dataclass(frozen=True)
class Material:
    """The inputs for rendering a batch; s is the side in pixels that participants see.

    Attributes
    ----------
    originals, reconstructions : (B, 3, s, s) in [0, 1]
    maps : (B, s, s) in [0, 1]
        Saliency maps of the items' own top classes.
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


def exemplars_in(rendering: RenderingConfig) -> int:
    """How many exemplars of an item the conditions show at most; the control is not among them."""
    shown = {"pv_exemplar": 1, "pv_exemplars": IN_GRID}
    return max(shown.get(condition, 0) for condition in rendering.conditions)


def _overlay(material: Material, colour_map: int) -> Tensor:
    """Return a heat map over the image, half and half, as pytorch-grad-cam renders it."""
    pictures = [
        show_cam_on_image(
            np.ascontiguousarray(picture.permute(1, 2, 0).float().cpu().numpy()),
            saliency.float().cpu().numpy(),
            use_rgb=True,
            colormap=colour_map,
        )
        for picture, saliency in zip(material.originals, material.maps, strict=True)
    ]
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255


def _made(pictures: Tensor | None, what: str) -> Tensor:
    """Pictures that not every build makes; a ValueError where this one did not."""
    if pictures is None:
        raise ValueError(f"{what}, but a condition shows it.")
    return pictures


def _reference(material: Material) -> Tensor:
    autoencoded = _made(material.autoencoded, "The reference autoencoder was not trained")
    return masked(autoencoded, material.maps)


def _exemplar(material: Material) -> Tensor:
    return masked(_made(material.exemplars, NOT_FOUND)[:, 0], material.maps)


def _four_exemplars(material: Material) -> Tensor:
    pictures = _made(material.exemplars, NOT_FOUND)[:, :IN_GRID]
    under = torch.stack([masked(each, material.maps) for each in pictures.unbind(1)], 1)
    return in_grid(under, material.maps)


def _other_exemplar(material: Material) -> Tensor:
    return masked(_made(material.other_exemplars, NOT_FOUND)[:, 0], material.maps)


# `none` shows the image alone, so it needs no picture.
DRAWN: dict[str, Callable[[Material], Tensor]] = {
    # The original where the model looks, white elsewhere: the paper's baseline.
    "gradcam": lambda m: masked(m.originals, m.maps),
    # Cividis is readable with red-green colour blindness; jet is the customary map.
    "gradcam_overlay": lambda m: _overlay(m, cv2.COLORMAP_CIVIDIS),
    "gradcam_overlay_jet": lambda m: _overlay(m, cv2.COLORMAP_JET),
    # Equation (2).
    "pv": lambda m: masked(m.reconstructions, m.maps),
    # Equation (2) with a training picture for y: the one that the features resemble most.
    "pv_exemplar": _exemplar,
    "pv_exemplars": _four_exemplars,
    # Control: the exemplar of another item's features, under this item's map.
    "exemplar_random": _other_exemplar,
    "reconstruction": lambda m: m.reconstructions,
    # Control: the reconstruction under another item's map.
    "random_map": lambda m: masked(m.reconstructions, m.other_maps),
    # Control: a decoder's blur without the classifier's features.
    "reference_autoencoder": _reference,
}
