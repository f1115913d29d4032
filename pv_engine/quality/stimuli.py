"""Draws the stimuli of any pictures, as the items' are drawn, for a reader to learn from."""

import torch
from torch import Tensor, nn

from pv_engine.exemplars.gallery import Gallery
from pv_engine.explain.conditions import DRAWN, Material, exemplars_in
from pv_engine.explain.perception import enlarged, explain
from pv_engine.networks.classifier import Classifier
from pv_engine.recipe import UNDRAWN, RenderingConfig
from pv_engine.stimulus_sets.manifest import ORIGINAL


def kinds_to_read(rendering: RenderingConfig) -> tuple[str, ...]:
    """The original picture and every kind of stimulus that is drawn."""
    return (ORIGINAL, *(kind for kind in rendering.conditions if kind != UNDRAWN))


@torch.no_grad()
def draw_stimuli(
    images: Tensor,
    classifier: Classifier,
    decoder: nn.Module,
    autoencoder: nn.Module | None,
    rendering: RenderingConfig,
    gallery: Gallery | None = None,
) -> dict[str, Tensor]:
    """Stimuli (B, 3, s, s) in [0, 1] of images (B, 3, s, s) by kind, each image's for its own top
    class.

    The side is the images' own, not what participants see. For the control that shows another
    item's map, or what another item's features found, each image borrows the next one's.
    """
    size = images.shape[-1]
    at_this_size = RenderingConfig(
        image_size=size, saliency=rendering.saliency, normalisation=rendering.normalisation
    )
    explanation = explain(classifier, decoder, images, at_this_size)
    shown = exemplars_in(rendering)
    material = Material(
        originals=images,
        reconstructions=explanation.reconstructions,
        maps=explanation.maps,
        other_maps=explanation.maps.roll(-1, dims=0),
        autoencoded=(
            enlarged(autoencoder(images), size)
            if autoencoder is not None and rendering.needs("autoencoder")
            else None
        ),
        exemplars=(
            gallery.shown(explanation.features, explanation.maps, images, shown)
            if gallery and shown
            else None
        ),
        other_exemplars=(
            gallery.shown(explanation.features.roll(-1, dims=0), explanation.maps, images, 1)
            if gallery and "exemplar_random" in rendering.conditions
            else None
        ),
    )
    drawn = {kind: DRAWN[kind](material) for kind in kinds_to_read(rendering) if kind != ORIGINAL}
    return {ORIGINAL: images, **{kind: each.to(images.device) for kind, each in drawn.items()}}
