"""Renders stimuli of training pictures for the reader, in the same way as those of items."""

import torch
from torch import Tensor, nn

from pv_engine.exemplars.gallery import Gallery
from pv_engine.explain.material import Material, drawn, exemplars_in
from pv_engine.explain.perception import enlarged, explain
from pv_engine.networks.classifier import Classifier
from pv_engine.recipe import UNDRAWN, RenderingConfig
from pv_engine.stimulus_sets.manifest import ORIGINAL


def kinds_to_read(rendering: RenderingConfig) -> tuple[str, ...]:
    """Return the kinds that the reader reads: the original and every condition about the top
    class, which the questions ask about."""
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
    """Render each image's stimuli for its top class.

    The side is the images' own, not the one that participants see. In the controls with another
    item's map or features, each image gets the next one's.

    Parameters
    ----------
    images : (B, 3, s, s) in [0, 1]

    Returns
    -------
    dict of (B, 3, s, s) in [0, 1]
        By kind.
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
    kinds = [kind for kind in kinds_to_read(rendering) if kind != ORIGINAL]
    return {ORIGINAL: images, **{kind: drawn(kind, material).to(images.device) for kind in kinds}}
