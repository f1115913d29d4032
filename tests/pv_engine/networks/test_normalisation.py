from dataclasses import replace

import pytest
import torch

from pv_engine.errors import RecipeError
from pv_engine.networks.classifier import build_classifier
from pv_engine.quality.reader import build_reader
from pv_engine.recipe import ClassifierConfig
from pv_engine.recipe.reading import parse_recipe, read_recipe
from tests.pv_engine.recipe.test_reading import RECIPES

IMAGENET = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}


def normalisation(recipe, **settings):
    config = ClassifierConfig(**{"train": "head", **settings})
    return build_classifier(replace(recipe, classifier=config), 4).normalisation


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("torchvision:resnet18", IMAGENET),
        ("torchvision:mnasnet0_5", IMAGENET),
        ("timm:resnet18", IMAGENET),
        ("timm:tf_efficientnet_lite0", {"mean": [0.5] * 3, "std": [0.5] * 3}),
        ("small_cnn", {"mean": [0.5], "std": [0.5]}),
    ],
)
def test_a_network_is_fed_as_it_was_trained_unless_the_recipe_says_otherwise(
    tiny_recipe, name, expected
):
    recipe = tiny_recipe("data.image_size=64")
    assert expected == normalisation(recipe, architecture=name)
    own = {"mean": [0.1, 0.2, 0.3], "std": [2.0]}
    assert own == normalisation(recipe, architecture=name, mean=(0.1, 0.2, 0.3), std=2.0)


def test_each_channel_is_normalised_by_its_own_numbers(tiny_recipe):
    config = ClassifierConfig(width=4, mean=(0.1, 0.2, 0.3), std=(1.0, 2.0, 4.0))
    classifier = build_classifier(replace(tiny_recipe(), classifier=config), 4).eval()
    seen = []
    classifier.encoder.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    classifier(torch.full((1, 3, 32, 32), 0.5))
    assert torch.allclose(seen[0][0, :, 0, 0], torch.tensor([0.4, 0.15, 0.05]))


def test_a_recipe_may_give_one_number_or_three(tiny_recipe):
    assert tiny_recipe("classifier.mean=0.4").classifier.mean == 0.4
    assert tiny_recipe("classifier.std=[1, 2.0, 3]").classifier.std == (1.0, 2.0, 3.0)
    assert tiny_recipe().classifier.mean is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("classifier.mean=[0.5, 0.5]", "classifier.mean must be a number or a list of 3 numbers"),
        ("classifier.mean=true", "classifier.mean must be a number or a list of 3 numbers"),
        (
            "quality.reader_std=none",
            "quality.reader_std must be a number above 0 or a list of 3 numbers above 0",
        ),
        ("classifier.std=[1, 0, 1]", r"classifier.std\[2\] must be a number above 0, but is 0"),
    ],
)
def test_other_values_are_refused(tiny_recipe, change, sentence):
    with pytest.raises(RecipeError, match=sentence):
        tiny_recipe(change)


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_the_projects_recipes_leave_it_to_the_network(path):
    classifier = read_recipe(path).classifier
    assert classifier.mean is None
    assert classifier.std is None


def test_a_reader_takes_its_own_too(tiny_recipe):
    recipe = tiny_recipe("data.image_size=64")
    reader = parse_recipe(
        recipe.text + '\n[quality]\nreader = "timm:test_byobnet"\nreader_weights = "r.safetensors"',
        "r.toml",
        recipe.folder,
    )
    from pv_engine.networks.families.known import create_network
    from pv_engine.networks.weights.files import save_weights

    config = ClassifierConfig(architecture="timm:test_byobnet")
    save_weights(create_network(config, 10), recipe.folder / "r.safetensors")
    network = build_reader(reader, torch.device("cpu")).network
    assert network.normalisation["mean"] != [0.5]
    assert len(network.normalisation["mean"]) == 3
