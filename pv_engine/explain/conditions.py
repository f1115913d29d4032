"""The conditions: for each name, the function that renders its picture."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from pytorch_grad_cam.utils.image import show_cam_on_image
from torch import Tensor

from pv_engine.explain.perception import masked


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
    """

    originals: Tensor
    reconstructions: Tensor
    maps: Tensor
    other_maps: Tensor
    autoencoded: Tensor | None = None


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


def _reference(material: Material) -> Tensor:
    if material.autoencoded is None:
        raise ValueError("The reference autoencoder was not trained.")
    return masked(material.autoencoded, material.maps)


# `none` shows the image alone, so it needs no picture.
DRAWN: dict[str, Callable[[Material], Tensor]] = {
    # The original where the model looks, white elsewhere: the paper's baseline.
    "gradcam": lambda m: masked(m.originals, m.maps),
    # Cividis is readable with red-green colour blindness; jet is the customary map.
    "gradcam_overlay": lambda m: _overlay(m, cv2.COLORMAP_CIVIDIS),
    "gradcam_overlay_jet": lambda m: _overlay(m, cv2.COLORMAP_JET),
    # Equation (2).
    "pv": lambda m: masked(m.reconstructions, m.maps),
    "reconstruction": lambda m: m.reconstructions,
    # Control: the reconstruction under another item's map.
    "random_map": lambda m: masked(m.reconstructions, m.other_maps),
    # Control: a decoder's blur without the classifier's features.
    "reference_autoencoder": _reference,
}
