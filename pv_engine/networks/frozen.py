"""A second network beside the one that is explained, frozen, from a weights file."""

from dataclasses import replace

import torch

from pv_engine.networks.classifier import Classifier, build_classifier
from pv_engine.recipe import ClassifierConfig
from pv_engine.recipe.reading import Places, Recipe


def build_frozen(
    recipe: Recipe, config: ClassifierConfig, size: int, device: torch.device
) -> Classifier:
    """Create a network in eval mode that is never trained; `recipe` says where paths start.

    Parameters
    ----------
    config : ClassifierConfig
        Architecture, weights, width and normalisation.
    size : int
        Side in pixels of the pictures that it sees.

    Raises
    ------
    RecipeError or WeightsError
        As in `build_classifier`.
    """
    own = replace(
        recipe,
        data=replace(recipe.data, image_size=size),
        classifier=replace(config, train="none"),
        # Weights given on the command line are for the classifier.
        places=Places(),
    )
    return build_classifier(own, None).to(device).eval().requires_grad_(False)
