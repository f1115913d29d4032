"""Perception visualization, equation (2): what the model sees, where it looks."""

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
    """What one pass through the encoder yields for a batch.

    `features` (B, C, h, w); `logits` (B, classes); `targets` (B,) the top class; `maps` (B, s, s)
    in [0, 1]; `reconstructions` (B, 3, s, s) in [0, 1]; `empty` (B,) true where a map highlights
    nothing.
    """

    features: Tensor
    logits: Tensor
    targets: Tensor
    maps: Tensor
    reconstructions: Tensor
    empty: Tensor


def masked(pictures: Tensor, maps: Tensor) -> Tensor:
    """Equation (2): (1 - m) + m * picture, white where m is 0; (B, 3, s, s) and (B, s, s)."""
    mask = maps[:, None]
    return (1 - mask) + mask * pictures


@torch.no_grad()
def explain(
    classifier: Classifier, decoder: nn.Module, images: Tensor, rendering: RenderingConfig
) -> Explanation:
    """Explain each image's top class with a single pass through the encoder.

    `images` are (B, 3, H, W) in [0, 1]; maps and reconstructions have the side that participants
    see. Both networks must be in eval mode; nothing of them is changed.
    """
    size = rendering.image_size
    features = classifier.encode(images)
    logits = classifier.head(features)
    targets = logits.argmax(dim=1)
    profile: Normalisation = rendering.normalisation
    whole = WholePass(classifier, images)
    maps = saliency_maps(
        rendering.saliency, classifier.head, features, targets, size, profile, whole
    )
    reconstructions = enlarged(decoder(features), size)
    return Explanation(features, logits, targets, maps, reconstructions, is_empty(maps))


def refuse_empty(empty: Tensor, names: list[str]) -> None:
    """SaliencyError naming the first image whose map is empty: its stimulus would be all white."""
    for name, is_blank in zip(names, empty.tolist(), strict=True):
        if is_blank:
            raise SaliencyError(
                f"The saliency map of {name} highlights nothing, so its stimulus would be blank; "
                "leave the image out or choose another rendering.saliency."
            )


def enlarged(pictures: Tensor, size: int) -> Tensor:
    """Pictures (B, 3, H, W) in [0, 1] at the side that participants see."""
    return functional.interpolate(
        pictures, (size, size), mode="bicubic", align_corners=False, antialias=True
    ).clamp(0, 1)
