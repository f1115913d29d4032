from dataclasses import replace

import pytest
import torch

from pv_engine.errors import RecipeError, WeightsError
from pv_engine.networks.classifier import build_classifier
from pv_engine.recipe import ClassifierConfig

OWN_NETWORK = """
from torch import nn

def build(num_classes):
    network = nn.Module()
    network.encoder = nn.Conv2d(3, 5, 8, stride=8)
    network.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, num_classes))
    return network
"""


def build(tiny_recipe, **settings):
    classifier = ClassifierConfig(**{"task": "single_label", "mean": 0.0, "std": 1.0, **settings})
    return build_classifier(replace(tiny_recipe(), classifier=classifier), 4).eval()


@pytest.mark.parametrize("name", ["timm:resnet18", "torchvision:resnet18", "timm:mobilenetv2_035"])
def test_head_after_encoder_equals_the_uncut_network(tiny_recipe, name):
    from pv_engine.networks.families.known import create_network

    recipe = tiny_recipe("data.image_size=64")
    config = ClassifierConfig(
        architecture=name, task="single_label", train="none", mean=0.0, std=1.0
    )
    classifier = build_classifier(replace(recipe, classifier=config), 1000).eval()
    torch.manual_seed(recipe.seed)
    whole = create_network(config, 1000).eval()
    images = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert torch.allclose(classifier(images), whole(images), atol=1e-5)
        assert torch.equal(classifier(images), classifier.head(classifier.encode(images)))


def test_transfer_learning_gets_a_head_for_the_datas_classes(tiny_recipe):
    classifier = build(tiny_recipe, architecture="timm:resnet18", train="head")
    assert classifier(torch.zeros(1, 3, 64, 64)).shape == (1, 4)


def test_an_untrained_head_of_other_classes_is_refused(tiny_recipe):
    with pytest.raises(WeightsError, match=r"1000 outputs, but the data has 4 classes"):
        build(tiny_recipe, architecture="timm:resnet18", train="none")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("timm:resnet1800", "which timm .* does not have"),
        ("torchvision:resnet1800", "which torchvision does not have"),
        ("resnet18", "expected small_cnn, timm:<name>, torchvision:<name>, hf:"),
    ],
)
def test_an_architecture_that_cannot_be_used_is_named(tiny_recipe, name, sentence):
    with pytest.raises(RecipeError, match=sentence):
        build(tiny_recipe, architecture=name)


def test_a_network_of_ones_own_is_used_as_it_is(tiny_recipe, tmp_path, monkeypatch):
    (tmp_path / "own_networks.py").write_text(OWN_NETWORK)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("MODEL_FACTORIES", "own_networks")
    classifier = build(tiny_recipe, architecture="own_networks:build")
    assert classifier(torch.zeros(2, 3, 32, 32)).shape == (2, 4)
    assert type(classifier.head).__name__ == "Sequential"


def test_a_module_that_nobody_allowed_is_not_imported(tiny_recipe, tmp_path, monkeypatch):
    (tmp_path / "own_danger.py").write_text("raise SystemExit")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(RecipeError, match="which MODEL_FACTORIES does not list"):
        build(tiny_recipe, architecture="own_danger:build")


def test_a_factory_that_does_not_exist_is_named(tiny_recipe, monkeypatch):
    monkeypatch.setenv("MODEL_FACTORIES", "json, os")
    with pytest.raises(RecipeError, match=r"'json:build', which cannot be imported"):
        build(tiny_recipe, architecture="json:build")
    with pytest.raises(RecipeError, match="returned str; it must return a torch module"):
        build(tiny_recipe, architecture="os:strerror")


def test_the_feature_shape_is_asked_without_changing_the_network(tiny_recipe):
    classifier = build(tiny_recipe).train()
    before = classifier.encoder[0][1].running_mean.clone()
    assert classifier.feature_shape(64) == (1024, 4, 4)
    assert classifier.training
    assert torch.equal(classifier.encoder[0][1].running_mean, before)


@pytest.mark.parametrize(("downsampling", "side"), [(4, 8), (8, 4), (16, 2)])
def test_the_small_networks_features_are_as_much_smaller_as_asked(tiny_recipe, downsampling, side):
    classifier = build(tiny_recipe, downsampling=downsampling, width=4)
    channels = 4 * 4 * downsampling // 2
    assert classifier.feature_shape(32) == (channels, side, side)


def test_further_stages_of_the_small_network_look_further_at_the_same_side(tiny_recipe):
    def seen(stages: int) -> int:
        """How many pixels of a side the feature in the middle depends on."""
        network = build(tiny_recipe, downsampling=4, width=4, stages=stages).eval()
        picture = torch.rand(1, 3, 96, 96, requires_grad=True)
        features = network.encoder(picture)
        assert features.shape[2:] == (24, 24)
        (gradient,) = torch.autograd.grad(features[..., 12, 12].sum(), picture)
        return int(gradient.abs().amax(dim=(0, 1, 2)).count_nonzero())

    assert seen(2) == seen(0) < seen(3) < seen(4)
