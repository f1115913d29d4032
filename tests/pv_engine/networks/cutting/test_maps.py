"""Networks of two libraries, cut at their last feature map."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from pv_engine.errors import RecipeError
from pv_engine.explain.head_gradients import feature_gradients
from pv_engine.explain.saliency import saliency_maps
from pv_engine.networks.classifier import build_classifier
from pv_engine.networks.cutting.backbones import cut
from pv_engine.networks.families.known import create_network
from pv_engine.networks.heads import PooledLinear, last_layer, layers_of, outputs
from pv_engine.networks.weights.files import save_weights, weights_sha256
from pv_engine.recipe import ClassifierConfig
from pv_engine.training.batch import Batch
from pv_engine.training.images import Pictures
from pv_engine.training.loop import Trainer
from pv_engine.training.objectives.classifier import ClassifierObjective
from pv_engine.training.schedule import Schedule

# Each with the shape of its features for its own size of picture.
POOLED = {
    "torchvision:resnet18": (512, 7, 7),
    "torchvision:densenet121": (1024, 7, 7),
    "torchvision:mobilenet_v2": (1280, 7, 7),
    "torchvision:efficientnet_b0": (1280, 7, 7),
    "torchvision:mnasnet0_5": (1280, 7, 7),
    "torchvision:shufflenet_v2_x0_5": (1024, 7, 7),
    "torchvision:regnet_y_400mf": (440, 7, 7),
    "torchvision:googlenet": (1024, 7, 7),
    "torchvision:inception_v3": (2048, 5, 5),
    "torchvision:swin_t": (768, 7, 7),
    "timm:resnet18": (512, 7, 7),
    "timm:tf_efficientnet_lite0": (1280, 7, 7),
    "timm:test_byobnet": (256, 5, 5),
    "timm:dla34": (512, 7, 7),
    "timm:hrnet_w18_small": (2048, 7, 7),
    "timm:swin_tiny_patch4_window7_224": (768, 7, 7),
    "timm:mixer_s32_224": (512, 7, 7),
}
GENERAL = {
    "torchvision:alexnet": (256, 6, 6),
    "torchvision:squeezenet1_1": (512, 13, 13),
    "torchvision:mobilenet_v3_small": (576, 7, 7),
    "torchvision:convnext_tiny": (768, 7, 7),
    "torchvision:maxvit_t": (512, 7, 7),
    "timm:test_convnext": (64, 5, 5),
    "timm:mobilenetv3_small_050": (288, 7, 7),
    "timm:mambaout_femto": (288, 7, 7),
    "timm:vit_little_patch16_reg1_gap_256": (320, 16, 16),
    # Recorded through their stages, or with two last layers whose logits are averaged.
    "timm:efficientformer_l1": (448, 7, 7),
    "timm:eva02_tiny_patch14_224": (192, 16, 16),
}


def network_of(name: str) -> nn.Module:
    torch.manual_seed(0)
    network = create_network(ClassifierConfig(architecture=name), 1000).eval()
    layers = layers_of(network)
    if layers and not layers[-1][1].weight.any():  # timm starts some heads at zero
        nn.init.normal_(layers[-1][1].weight)
    return network


def pictures_for(network: nn.Module, count: int = 2) -> torch.Tensor:
    config = getattr(network, "pretrained_cfg", None) or {}
    size = config.get("input_size", (3, 224, 224))
    return torch.rand(count, *size, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("name", POOLED | GENERAL)
@torch.no_grad()
def test_head_after_encoder_is_the_network_and_maps_can_be_drawn(name):
    network = network_of(name)
    encoder, head = cut(network, name)
    images = pictures_for(network)
    features, expected = encoder(images), network(images)
    assert tuple(features.shape[1:]) == (POOLED | GENERAL)[name]
    assert torch.allclose(head(features), expected, atol=1e-5 * float(expected.abs().max()))
    # The closed form is used where it holds, and only there: dla34's last layer is a convolution.
    assert isinstance(head, PooledLinear) == (name in POOLED and name != "timm:dla34")
    targets = expected.argmax(dim=1)
    assert (feature_gradients(head, features, targets).abs().amax(dim=(1, 2, 3)) > 0).all()
    maps = saliency_maps("gradcam", head, features, targets, 32)
    assert maps.shape == (2, 32, 32)
    assert 0 <= maps.min() <= maps.max() <= 1


@pytest.mark.parametrize("task", ["multi_label", "single_label"])
@pytest.mark.parametrize(
    "name", ["torchvision:squeezenet1_1", "timm:test_convnext", "torchvision:shufflenet_v2_x0_5"]
)
def test_a_new_head_is_learnt_on_frozen_features(tiny_recipe, name, task):
    config = ClassifierConfig(architecture=name, train="head", task=task)
    classifier = build_classifier(replace(tiny_recipe("data.image_size=64"), classifier=config), 4)
    before = weights_sha256(classifier.encoder)
    generator = torch.Generator().manual_seed(0)
    array = torch.randint(0, 256, (8, 3, 64, 64), generator=generator).byte().numpy()
    pictures = Pictures(array, torch.arange(8).numpy(), torch.device("cpu"))
    labels = torch.eye(4)[torch.arange(8) % 4]
    objective = ClassifierObjective(classifier, config, (pictures, labels), (pictures, labels))
    optimizer = torch.optim.SGD(objective.trainable(), lr=0.05)
    losses = []
    for _ in range(4):
        batch = Batch(torch.arange(8), torch.Generator().manual_seed(2), 0, 8)
        loss = objective.losses(batch)["total"]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0]
    assert weights_sha256(classifier.encoder) == before


def test_a_steps_dropout_follows_from_seed_and_step_alone(tiny_recipe, tmp_path):
    name = "torchvision:mobilenet_v2"
    config = ClassifierConfig(architecture=name, train="head", task="single_label")
    classifier = build_classifier(replace(tiny_recipe("data.image_size=64"), classifier=config), 4)
    assert classifier.head.dropout.p == 0.2
    classifier.encoder = nn.Conv2d(3, 1280, 32, stride=32)
    array = torch.full((4, 3, 64, 64), 128).byte().numpy()
    part = (Pictures(array, torch.arange(4).numpy(), torch.device("cpu")), torch.eye(4))
    objective = ClassifierObjective(classifier, config, part, part)

    def loss(folder, seed):
        optimizer = torch.optim.SGD(objective.trainable(), lr=0.0)
        schedule = Schedule(4, 4, 1, 0.0, "constant", seed=seed)
        trainer = Trainer(objective, schedule, optimizer, folder, torch.device("cpu"))
        return trainer.run(0.0).history[0]["total"]

    first, again, other = loss(tmp_path / "1", 2), loss(tmp_path / "2", 2), loss(tmp_path / "3", 3)
    assert first == again != other


@pytest.mark.parametrize("name", ["torchvision:squeezenet1_1", "timm:test_convnext"])
def test_a_stored_classifier_with_a_general_head_comes_back(tiny_recipe, tmp_path, name):
    recipe = tiny_recipe("data.image_size=64")
    config = ClassifierConfig(architecture=name, train="head")
    classifier = build_classifier(replace(recipe, classifier=config), 5)
    save_weights(classifier, recipe.folder / "stored.safetensors")
    stored = replace(config, weights="stored.safetensors", train="none")
    again = build_classifier(replace(recipe, seed=9, classifier=stored), None)
    assert weights_sha256(again) == weights_sha256(classifier)
    assert outputs(last_layer(again.head)[1]) == 5


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("timm:crossvit_tiny_240", "tokens that do not form a map of the image, perhaps because"),
    ],
)
def test_a_network_without_a_single_feature_map_is_refused_in_a_sentence(name, sentence):
    with pytest.raises(RecipeError, match=sentence) as refused:
        cut(network_of(name), name)
    assert "\n" not in str(refused.value)


class TwoMaps(nn.Module):
    """Reads two feature maps of its own."""

    def __init__(self):
        super().__init__()
        self.coarse, self.fine = nn.Conv2d(3, 4, 8, stride=8), nn.Conv2d(3, 4, 4, stride=4)
        self.linear = nn.Linear(8, 5)

    def forward(self, images):
        both = [self.coarse(images).mean((2, 3)), self.fine(images).mean((2, 3))]
        return self.linear(torch.cat(both, dim=1))


class Branching(nn.Module):
    """Looks at values to decide what to do, which cannot be recorded."""

    def forward(self, images):
        return images.mean((2, 3)) if images.sum() > 0 else images.sum((2, 3))


class Plain(nn.Module):
    """A network of one's own without named parts."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 6, 8, stride=8), nn.BatchNorm2d(6))
        self.linear = nn.Linear(6, 5)

    def forward(self, images):
        torch._assert(images.mean() < 9, "pictures lie in [0, 1]")  # a step without any place
        return self.linear(functional.relu(self.body(images)).mean((2, 3)))


@pytest.mark.parametrize("architecture", ["timm:plain", "own:plain"])
def test_a_network_is_not_taken_at_the_names_of_its_parts(architecture):
    network = Plain()
    network.encoder, network.head = nn.Identity(), nn.Identity()
    _, head = cut(network, architecture)
    assert isinstance(head, PooledLinear)


@pytest.mark.parametrize(
    ("network", "sentence"),
    [
        (TwoMaps(), "decides by more than one feature map"),
        (Branching(), "cannot be cut into encoder and head"),
        (nn.Sequential(nn.Flatten(), nn.LazyLinear(3)), "has no feature map on which"),
        (
            nn.Sequential(nn.Conv2d(3, 4, 8, stride=8), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
            "does not end in a linear layer",
        ),
    ],
)
def test_networks_that_cannot_be_cut_say_why(network, sentence):
    with pytest.raises(RecipeError, match=sentence):
        cut(network, "own:network")


def test_cutting_changes_neither_the_networks_mode_nor_its_statistics_nor_the_random_state():
    network: Any = Plain().train()
    network.body[1].eval()
    mean, state = network.body[1].running_mean.clone(), torch.random.get_rng_state()
    encoder, head = cut(network, "own:plain")
    assert network.training
    assert not network.body[1].training
    assert torch.equal(network.body[1].running_mean, mean)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert isinstance(head, PooledLinear)
    assert encoder.get_parameter("network.body.0.weight") is network.body[0].weight


def test_pictures_that_a_network_cannot_read_are_refused_with_the_size(tiny_recipe):
    config = ClassifierConfig(architecture="torchvision:alexnet", train="head")
    with pytest.raises(
        RecipeError, match=r"alexnet cannot read pictures of 32 x 32 pixels \("
    ) as e:
        build_classifier(replace(tiny_recipe(), classifier=config), 4)
    assert str(e.value).endswith("choose another data.image_size, such as 224.")
