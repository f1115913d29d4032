"""Perception visualization, equation (2) of the paper: what the model sees where it looks."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from pv_engine.errors import SaliencyError
from pv_engine.explain.gradient_free import WholePass
from pv_engine.explain.saliency import Normalisation, is_empty, saliency_maps
from pv_engine.networks.classifier import Classifier
from pv_engine.recipe import RenderingConfig


@dataclass(frozen=True)
class Explanation:
    """The results of one pass of a batch through the encoder.

    Attributes
    ----------
    whole : WholePass
        The network and the images.
    head : nn.Module
        What reads the features of these images.
    features : (B, C, h, w)
    logits : (B, classes)
    targets : (B,)
        The top classes.
    maps : (B, s, s) in [0, 1]
    reconstructions : (B, 3, s, s) in [0, 1]
    empty : (B,) booleans
        True where a map highlights nothing.
    """

    whole: WholePass
    head: nn.Module
    features: Tensor
    logits: Tensor
    targets: Tensor
    maps: Tensor
    reconstructions: Tensor
    empty: Tensor

    def maps_of(self, targets: Tensor, rendering: RenderingConfig) -> Tensor:
        """Return maps, (B, s, s) in [0, 1], of other classes (B,), without another pass."""
        return _maps(self.whole, self.head, self.features, targets, rendering)


def masked(pictures: Tensor, maps: Tensor) -> Tensor:
    """Return (1 - m) + m * picture, which is white where the map m is 0 (equation 2).

    Parameters
    ----------
    pictures : (B, 3, s, s) in [0, 1]
    maps : (B, s, s) in [0, 1]

    Returns
    -------
    (B, 3, s, s) in [0, 1]

    Examples
    --------
    >>> masked(torch.zeros(1, 3, 1, 2), torch.tensor([[[0.0, 1.0]]]))[0, 0].tolist()
    [[1.0, 0.0]]
    """
    mask = maps[:, None]
    return (1 - mask) + mask * pictures


@torch.no_grad()
def explain(
    classifier: Classifier, decoder: nn.Module, images: Tensor, rendering: RenderingConfig
) -> Explanation:
    """Explain each image's top class with a single pass through the encoder.

    Parameters
    ----------
    classifier, decoder
        Both in eval mode; neither is changed.
    images : (B, 3, H, W) in [0, 1]
    rendering : RenderingConfig
        Saliency method, normalisation, and the side of maps and reconstructions in pixels.

    Raises
    ------
    SaliencyError
        If features or maps are not finite.
    """
    features, head = classifier.seen(images)
    logits = head(features)
    targets = logits.argmax(dim=1)
    whole = WholePass(classifier, images)
    maps = _maps(whole, head, features, targets, rendering)
    reconstructions = enlarged(decoder(features), rendering.image_size)
    return Explanation(
        whole, head, features, logits, targets, maps, reconstructions, is_empty(maps)
    )


def _maps(
    whole: WholePass,
    head: nn.Module,
    features: Tensor,
    targets: Tensor,
    rendering: RenderingConfig,
) -> Tensor:
    profile: Normalisation = rendering.normalisation
    return saliency_maps(
        rendering.saliency, head, features, targets, rendering.image_size, profile, whole
    )


def refuse_empty(empty: Tensor, names: list[str]) -> None:
    """Raise SaliencyError for the first image with an empty map: its stimulus would be white."""
    for name, is_blank in zip(names, empty.tolist(), strict=True):
        if is_blank:
            raise SaliencyError(
                f"The saliency map of {name} highlights nothing, so its stimulus would be blank; "
                "leave the image out or choose another rendering.saliency."
            )


def enlarged(pictures: Tensor, size: int) -> Tensor:
    """Resize pictures (B, 3, H, W) in [0, 1] to (B, 3, size, size), bicubic."""
    return functional.interpolate(
        pictures, (size, size), mode="bicubic", align_corners=False, antialias=True
    ).clamp(0, 1)
