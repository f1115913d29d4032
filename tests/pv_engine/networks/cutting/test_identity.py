"""What is explained is the network: its parts compute what it does, or it is refused."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import fx, nn
from torch.nn import functional
from torchvision.models import resnet18
from torchvision.models.resnet import BasicBlock, ResNet

from pv_engine.errors import RecipeError, WeightsError
from pv_engine.networks.classifier import build_classifier
from pv_engine.networks.cutting.backbones import cut
from pv_engine.networks.cutting.identity import identity_error
from pv_engine.networks.heads import PooledLinear
from pv_engine.recipe import ClassifierConfig


class GeM(nn.Module):
    def forward(self, features):
        return features.clamp(min=1e-6).pow(3).mean(dim=(2, 3), keepdim=True).pow(1 / 3)


def small_resnet(pooling=None):
    torch.manual_seed(0)
    network = ResNet(BasicBlock, [1, 1, 1, 1], num_classes=5)
    if pooling is not None:
        network.avgpool = pooling
    return network.eval()


class Parts(nn.Module):
    """Parts named `encoder` and `head`, of which each subclass makes something else."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.encoder: Any = nn.Sequential(nn.Conv2d(3, 8, 3, stride=2), nn.ReLU())
        self.norm = nn.BatchNorm2d(8).eval()
        self.norm.weight.data.uniform_(0.5, 2)
        self.norm.bias.data.uniform_(-1, 1)
        self.head: Any = PooledLinear(nn.Linear(8, 5))


class NormBetween(Parts):
    def forward(self, images):
        return self.head(self.norm(self.encoder(images)))


class OwnNormalisation(Parts):
    def forward(self, images):
        return self.head(self.encoder((images - 0.45) / 0.22))


class Averaging(Parts):
    """Averages the logits of the picture and of its mirror image: two passes, no single map."""

    def forward(self, images):
        mirrored = images.flip(3)
        return (self.head(self.encoder(images)) + self.head(self.encoder(mirrored)) * 2) / 2


def pictures(side=64):
    return torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize(
    "network",
    [
        small_resnet(nn.AdaptiveMaxPool2d(1)),
        small_resnet(GeM()),
        NormBetween().eval(),
        OwnNormalisation().eval(),
    ],
    ids=["max pooling", "GeM pooling", "a norm between its parts", "normalisation of its own"],
)
@torch.no_grad()
def test_a_network_that_its_type_or_its_names_misdescribe_is_cut_as_it_computes(network):
    encoder, head = cut(network, "own:network", 64)
    assert torch.allclose(head(encoder(pictures())), network(pictures()), atol=1e-5)


def test_a_forward_that_was_replaced_is_refused_with_the_difference():
    network = small_resnet()
    original = network.forward
    network.forward = lambda images: original(images * 2)
    with pytest.raises(RecipeError, match=r"differ by \d.* % of the largest; let its forward"):
        cut(network, "own:network", 64)


def test_a_network_that_cannot_be_followed_is_refused_before_training():
    with pytest.raises(RecipeError, match=r"own:network decides by more than one feature map"):
        cut(Averaging().eval(), "own:network", 64)


def test_a_network_that_computes_otherwise_than_it_is_recorded_is_refused_with_the_difference():
    class Alternating(Parts):
        """Computes otherwise while it is recorded."""

        def forward(self, images):
            if isinstance(images, fx.Proxy):
                return self.head(self.norm(self.encoder(images)))
            return self.head(self.norm(self.encoder(images))) * 2

    with pytest.raises(RecipeError, match=r"differ by \d.* % of the largest; let its forward"):
        cut(Alternating().eval(), "own:network", 64)


def test_a_plain_resnet_keeps_the_parts_that_stored_weights_are_named_by():
    encoder, head = cut(small_resnet(), "own:network", 64)
    assert isinstance(encoder, nn.Sequential)
    assert isinstance(head, PooledLinear)


def test_a_last_layer_of_zeros_hides_no_difference():
    network = NormBetween().eval()
    nn.init.zeros_(network.head.linear.weight)
    nn.init.zeros_(network.head.linear.bias)
    error = identity_error(network, network.encoder, network.head, pictures())
    assert error > 0.1
    assert not network.head.linear.weight.any()


def test_a_head_that_would_write_into_the_features_no_longer_does():
    class Inplace(Parts):
        def __init__(self):
            super().__init__()
            linear = nn.Linear(8, 5)
            self.head = nn.Sequential(
                nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten(), linear
            )
            self.encoder = nn.Conv2d(3, 8, 3, stride=2)

        def forward(self, images):
            return self.head(self.encoder(images))

    encoder, head = cut(Inplace().eval(), "own:network", 64)
    features = encoder(pictures())
    kept = features.clone()
    head(features)
    assert torch.equal(features, kept)


def factory(network):
    """A module `own_identity` with a function that returns the network."""
    return lambda num_classes: network


@pytest.fixture
def classifier_of(monkeypatch, tiny_recipe):
    def build(network):
        monkeypatch.setattr(
            "pv_engine.networks.families.own.import_factory", lambda *args: factory(network)
        )
        config = ClassifierConfig(architecture="own:network", train="none")
        return build_classifier(replace(tiny_recipe("data.image_size=64"), classifier=config), 5)

    return build


class Doubling(Parts):
    """Decides by a weight what to compute, which a recording takes for settled."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Conv2d(3, 8, 3, stride=2)
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 5))
        self.gate = nn.Parameter(torch.zeros(()))

    def forward(self, images):
        found = self.head(self.encoder(images))
        return found * 2 if float(self.gate) > 0 else found


def test_parts_that_fit_the_first_weights_are_compared_again_with_later_ones(classifier_of):
    network = Doubling()
    classifier = classifier_of(network)
    classifier.compare(pictures(), "own:network")
    assert classifier.identity_error == 0.0
    nn.init.ones_(network.gate)
    with pytest.raises(RecipeError, match=r"differ by 50 % of the largest"):
        classifier.compare(pictures(), "own:network")


@pytest.mark.parametrize("name", ["timm:resnet18", "timm:deit_tiny_distilled_patch16_224"])
def test_a_new_last_layer_is_compared_with_the_whole_network(tiny_recipe, name):
    recipe = tiny_recipe(
        f"classifier.architecture={name}", "classifier.train=head", "data.image_size=224"
    )
    images = torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    classifier = build_classifier(recipe, 5, images)
    with torch.no_grad():
        for parameter in classifier.head.parameters():
            parameter.add_(0.01)
        (network,) = classifier.network
        assert network.eval()(classifier.normalised(images)).shape == (2, 5)
    classifier.compare(images, name)
    assert classifier.identity_error <= 1e-5


def test_a_network_that_ends_in_a_softmax_is_refused(classifier_of):
    class Softmax(Parts):
        def forward(self, images):
            return functional.softmax(self.head(self.encoder(images)), dim=1)

    with pytest.raises(RecipeError, match=r"own:network ends in a softmax"):
        classifier_of(Softmax())


def test_a_network_made_for_one_size_of_picture_is_tried_at_that_size(classifier_of):
    network = nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=4, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 16 * 16, 5)
    )
    assert classifier_of(network).feature_shape(64) == (4, 16, 16)


def test_weights_that_are_no_numbers_are_said_to_be(classifier_of):
    network = resnet18(num_classes=5)
    nn.init.constant_(network.layer1[0].conv1.weight, float("nan"))
    with pytest.raises(WeightsError, match="logits that are not finite numbers"):
        classifier_of(network)
