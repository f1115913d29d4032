"""Weights files as people have them."""

from argparse import Namespace
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from pv_engine.errors import WeightsError
from pv_engine.networks.classifier import build_classifier
from pv_engine.networks.families.known import create_network
from pv_engine.networks.weights.checkpoints import for_network, state_in
from pv_engine.recipe import ClassifierConfig

RESNET = "torchvision:resnet18"


def trained(name: str = RESNET) -> nn.Module:
    torch.manual_seed(5)
    return create_network(ClassifierConfig(architecture=name), 1000).eval()


def loaded(recipe, state, name=RESNET, classes=10, suffix="pt", **settings):
    """The classifier that a recipe makes of a file with this content."""
    torch.save(state, recipe.folder / f"own.{suffix}")
    config = ClassifierConfig(architecture=name, weights=f"own.{suffix}", train="none", **settings)
    return build_classifier(replace(recipe, classifier=config), classes).eval()


def logits(classifier, network):
    """What the classifier says of pictures, and what the network does."""
    images = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        return classifier(images), network(classifier.normalised(images))


@pytest.fixture
def recipe(tiny_recipe):
    return tiny_recipe("data.image_size=64")


def prefixed(state, prefix):
    return {prefix + key: value for key, value in state.items()}


def no_counters(state):
    return {key: value for key, value in state.items() if not key.endswith("num_batches_tracked")}


WRITTEN = {
    "plain": lambda state: state,
    "checkpoint": lambda state: {"epoch": 3, "state_dict": state, "optimizer": {"lr": 0.1}},
    "model_state_dict": lambda state: {"model_state_dict": state, "loss": 0.3},
    "data parallel": lambda state: {"model": prefixed(state, "module.")},
    "averaged": lambda state: {"ema": state, "optimizer": {"state": {0: {"step": 3}}}},
    "with its arguments": lambda state: {"args": Namespace(lr=0.1, opt="sgd"), "state_dict": state},
    "with numbers of NumPy": lambda state: {"best": np.float64(0.3), "state_dict": state},
    "compiled": lambda state: prefixed(state, "_orig_mod."),
    "lightning": lambda state: {
        "pytorch-lightning_version": "2.4.0",
        "hyper_parameters": {"lr": 0.1},
        "state_dict": prefixed(state, "model.") | {"loss.weight": torch.ones(10)},
    },
    "deep": lambda state: prefixed(state, "module.model.backbone."),
    "no counters": no_counters,
}


@pytest.mark.parametrize("written", WRITTEN)
def test_a_fine_tuned_network_is_read_as_its_script_wrote_it(recipe, written):
    network = trained()
    network.fc = nn.Linear(512, 10)
    network.eval()
    found, expected = logits(loaded(recipe, WRITTEN[written](network.state_dict())), network)
    assert torch.allclose(found, expected, atol=1e-5)


HEADS = {
    "dropout and linear": (lambda: nn.Sequential(nn.Dropout(0.3), nn.Linear(512, 10)), ""),
    "two layers": (
        lambda: nn.Sequential(nn.Linear(512, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 10)),
        "relu",
    ),
    "norm between": (
        lambda: nn.Sequential(nn.Linear(512, 64), nn.BatchNorm1d(64), nn.GELU(), nn.Linear(64, 10)),
        "gelu",
    ),
    "layer norm first": (lambda: nn.Sequential(nn.LayerNorm(512), nn.Linear(512, 10)), ""),
    "no bias": (lambda: nn.Linear(512, 10, bias=False), ""),
}


@pytest.mark.parametrize("head", HEADS)
def test_the_head_is_built_to_fit_the_file(recipe, head):
    make, activation = HEADS[head]
    network = trained()
    network.fc = make()
    network.eval()
    state = network.state_dict()
    found, expected = logits(loaded(recipe, state, head_activation=activation), network)
    assert torch.allclose(found, expected, atol=1e-5)


def test_a_linear_layer_in_place_of_a_whole_head_fits(recipe):
    network = trained("torchvision:mobilenet_v2")
    network.classifier = nn.Linear(1280, 10)
    network.eval()
    found, expected = logits(
        loaded(recipe, network.state_dict(), "torchvision:mobilenet_v2"), network
    )
    assert torch.allclose(found, expected, atol=1e-5)


def test_what_stands_between_several_layers_must_be_said(recipe):
    network = trained()
    network.fc = HEADS["two layers"][0]()
    with pytest.raises(WeightsError, match=r"head of 2 linear layers, .*head_activation to one"):
        loaded(recipe, network.state_dict())


def headless():
    state = trained().state_dict()
    return {key: value for key, value in state.items() if not key.startswith("fc.")}


def test_weights_without_a_head_are_refused_where_none_is_trained(recipe):
    with pytest.raises(
        WeightsError, match=r"has no head: it lacks fc\.weight and has all the rest"
    ):
        loaded(recipe, headless())


def test_a_head_is_trained_on_weights_without_one(recipe):
    torch.save(headless(), recipe.folder / "own.pt")
    config = ClassifierConfig(architecture=RESNET, weights="own.pt", train="head")
    classifier = build_classifier(replace(recipe, classifier=config), 10).eval()
    images = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    network = nn.Sequential(*list(trained().children())[:-2])
    with torch.no_grad():
        expected = network(classifier.normalised(images))
        assert torch.allclose(classifier.encode(images), expected, atol=1e-5)
        assert classifier(images).shape == (2, 10)


def test_a_file_that_holds_the_network_twice_is_refused(recipe):
    state = trained().state_dict()
    twice = prefixed(state, "student.") | prefixed(state, "teacher.")
    with pytest.raises(WeightsError, match=r"more than once, under student\. and teacher\.;"):
        loaded(recipe, twice)


def test_a_refusal_names_the_first_key_in_order(recipe):
    with pytest.raises(WeightsError, match=r"lacks conv1\.weight; it belongs to another network"):
        loaded(recipe, trained("torchvision:vgg11").state_dict())


def test_old_keys_of_densenets_are_translated(recipe):
    network = trained("torchvision:densenet121")
    old = {
        key.replace("norm1.", "norm.1.").replace("conv2.", "conv.2."): value
        for key, value in no_counters(network.state_dict()).items()
    }
    assert old.keys() != network.state_dict().keys()
    found, expected = logits(loaded(recipe, old, "torchvision:densenet121", 1000), network)
    assert torch.allclose(found, expected, atol=1e-4)


def test_a_wrappers_weights_may_come_from_the_network_within():
    inner = nn.Linear(2, 3)
    wrapper = nn.ModuleDict({"model": inner})
    state = for_network(inner.state_dict(), wrapper.state_dict(), None)
    assert state.keys() == wrapper.state_dict().keys()


def test_what_holds_no_state_dict_is_none():
    assert state_in({"epoch": 3}) is None
    assert state_in([torch.zeros(1)]) is None
    assert state_in({"student": {"w": torch.zeros(1)}, "teacher": {"w": torch.ones(1)}}) is None
    assert state_in({"state_dict": {"w": torch.zeros(1)}}).keys() == {"w"}
