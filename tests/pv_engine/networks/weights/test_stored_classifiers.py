"""A classifier that one build wrote, as the weights of another."""

from dataclasses import replace
from typing import Any

import pytest
import torch

from pv_engine.errors import WeightsError
from pv_engine.networks.classifier import build_classifier
from pv_engine.networks.weights.files import save_weights, weights_sha256
from pv_engine.recipe import ClassifierConfig


@pytest.fixture(scope="module", params=["small_cnn", "timm:resnet18", "torchvision:resnet18"])
def stored(request, shared_recipe, tmp_path_factory):
    """A recipe whose weights file is a classifier of five classes, and that classifier."""
    recipe = replace(shared_recipe, folder=tmp_path_factory.mktemp("stored"))
    made = ClassifierConfig(architecture=request.param, task="single_label", width=4)
    classifier: Any = build_classifier(replace(recipe, classifier=made), 5)
    with torch.no_grad():
        classifier.head.linear.bias.add_(1)
    save_weights(classifier, recipe.folder / "classifier.safetensors")
    config = replace(made, weights="classifier.safetensors", train="none")
    return replace(recipe, seed=99, classifier=config), classifier


def test_it_comes_back_whole(stored):
    recipe, classifier = stored
    assert weights_sha256(build_classifier(recipe, 5)) == weights_sha256(classifier)


def test_it_is_compared_with_its_network_as_it_was_stored(stored):
    recipe, classifier = stored
    pictures = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    again = build_classifier(recipe, 5, pictures).eval()
    assert again.identity_error <= 1e-5
    with torch.no_grad():
        found = again.network[0].eval()(again.normalised(pictures))
        assert torch.allclose(found, classifier.eval()(pictures), atol=1e-5)


def test_its_own_classes_are_kept_where_the_datas_do_not_matter(stored):
    recipe, classifier = stored
    assert weights_sha256(build_classifier(recipe, None)) == weights_sha256(classifier)


def test_data_of_other_classes_is_refused(stored):
    recipe, _ = stored
    with pytest.raises(WeightsError, match="has 5 outputs, but the data has 3 classes"):
        build_classifier(recipe, 3)


def test_a_new_head_can_be_trained_on_its_encoder(stored):
    recipe, classifier = stored
    recipe = replace(recipe, classifier=replace(recipe.classifier, train="head"))
    other = build_classifier(recipe, 3)
    assert other.head.linear.out_features == 3
    assert weights_sha256(other.encoder) == weights_sha256(classifier.encoder)
