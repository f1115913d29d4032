"""A network that does not answer as a classifier is refused before it is cut, with the remedy."""

from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional

from pv_engine.errors import RecipeError, WeightsError
from pv_engine.networks.classifier import build_classifier
from pv_engine.networks.cutting.backbones import cut
from pv_engine.recipe import ClassifierConfig


class Plain(nn.Module):
    """Convolutions, average pooling, linear; each subclass answers otherwise."""

    def __init__(self, classes=4):
        super().__init__()
        torch.manual_seed(0)
        self.body = nn.Sequential(nn.Conv2d(3, 6, 5, stride=4), nn.BatchNorm2d(6), nn.ReLU())
        self.linear = nn.Linear(6, classes)

    def pooled(self, images):
        return self.body(images).mean((2, 3))

    def forward(self, images):
        return self.linear(self.pooled(images))


class AlwaysDropping(Plain):
    def forward(self, images):
        return self.linear(functional.dropout(self.pooled(images), 0.3))


class OwnStatistics(Plain):
    def __init__(self):
        super().__init__()
        self.body[1] = nn.BatchNorm2d(6, track_running_stats=False)


class InTraining(Plain):
    def forward(self, images):
        self.body.train()
        return super().forward(images)


class WithFeatures(Plain):
    def forward(self, images):
        return super().forward(images), self.body(images)


class Named(Plain):
    def forward(self, images):
        return {"logits": super().forward(images)}


class Squeezing(Plain):
    def forward(self, images):
        pooled = functional.adaptive_avg_pool2d(self.body(images), 1)
        return self.linear(pooled.squeeze())


class Deciding(Plain):
    def forward(self, images):
        return super().forward(images).argmax(1)


class Mixed(Plain):
    def forward(self, images):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return super().forward(images)


class Grey(Plain):
    def __init__(self):
        super().__init__()
        self.body[0] = nn.Conv2d(1, 6, 5, stride=4)


class TwoArguments(Plain):
    def forward(self, images, age):  # type: ignore[override] # what is refused here
        return super().forward(images) * age


@pytest.mark.parametrize(
    ("network", "sentence"),
    [
        (AlwaysDropping(), r"answers the same picture differently every time; let its forward"),
        (OwnStatistics(), r"differently when others are beside it; .* running statistics"),
        (InTraining(), r"differently when others are beside it; .* running statistics"),
        (WithFeatures(), r"gives a tuple instead of a tensor; let its forward return the logits"),
        (Named(), r"gives a dict instead of a tensor; let its forward return the logits alone"),
        (Squeezing(), r"float32 and shape \(4,\) for 1 picture\(s\); let its forward return"),
        (Deciding(), r"int64 and shape \(2,\) for 2 picture\(s\); let its forward return logits"),
        (Mixed(), r"gives logits of 16 bits; let its forward compute without autocast"),
        (Grey(), r"64 x 64 pixels in three colours \(.*\); choose another .* and convert them"),
        (TwoArguments(), r"cannot read .* argument: 'age'\); .* let its forward take one argument"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_a_network_that_answers_otherwise_is_refused_with_what_would_be_right(network, sentence):
    with pytest.raises(RecipeError, match=sentence):
        cut(network.eval(), "own:network", 64)


class InTwoLayers(Plain):
    def __init__(self, classes=4):
        super().__init__(classes)
        self.middle = nn.Linear(6, 6)

    def forward(self, images):
        return self.linear(functional.relu(self.middle(self.pooled(images))))


class Detached(InTwoLayers):
    def pooled(self, images):
        return super().pooled(images).detach()


class Softmax(InTwoLayers):
    def forward(self, images):
        return super().forward(images).softmax(dim=1)


class LogSoftmax(Plain):
    def forward(self, images):
        return super().forward(images).log_softmax(dim=1)


class Sigmoid(Plain):
    def forward(self, images):
        return super().forward(images).sigmoid()


class Standardising(Plain):
    """Divides by the picture's own spread, which a blank picture does not have."""

    def forward(self, images):
        return super().forward(images / images.std(dim=(1, 2, 3), keepdim=True))


def built(monkeypatch, tiny_recipe, network, train="none"):
    """The classifier of a recipe that names a factory of this network."""
    monkeypatch.setenv("MODEL_FACTORIES", "own_networks")
    monkeypatch.setattr(
        "pv_engine.networks.families.own.import_factory", lambda *_: lambda count: network
    )
    config = ClassifierConfig(
        architecture="own_networks:build", task="single_label", train=train, mean=0.0, std=1.0
    )
    return build_classifier(replace(tiny_recipe(), classifier=config), 4).eval()


@pytest.mark.parametrize("kind", [Softmax, LogSoftmax, Sigmoid])
def test_a_network_that_ends_in_probabilities_is_refused(monkeypatch, tiny_recipe, kind):
    with pytest.raises(RecipeError, match=r"ends in a softmax or a sigmoid, .* give it without"):
        built(monkeypatch, tiny_recipe, kind())


def test_a_head_that_no_gradient_passes_is_refused(monkeypatch, tiny_recipe):
    with pytest.raises(RecipeError, match=r"No gradient reaches the features .* detach nothing"):
        built(monkeypatch, tiny_recipe, Detached())


@pytest.mark.parametrize("train", ["none", "head"])
def test_other_classes_of_a_network_of_ones_own_are_its_factorys(monkeypatch, tiny_recipe, train):
    with pytest.raises(WeightsError, match=r"has 7 outputs, .* let its factory make as many"):
        built(monkeypatch, tiny_recipe, Plain(7), train)


def test_a_blank_picture_without_an_answer_does_not_condemn_the_weights(monkeypatch, tiny_recipe):
    network = Standardising()
    images = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected = network.eval()(images)
        assert torch.allclose(built(monkeypatch, tiny_recipe, network)(images), expected, atol=1e-5)


def compiled(network):
    return torch.compile(network, backend="eager")


@pytest.mark.parametrize(
    "wrap", [nn.DataParallel, compiled, nn.Module.half, nn.Module.bfloat16, nn.Module.double]
)
def test_what_only_changes_how_a_network_runs_changes_nothing(monkeypatch, tiny_recipe, wrap):
    images = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    plain = Plain().eval()
    classifier = built(monkeypatch, tiny_recipe, wrap(Plain()))
    with torch.no_grad():
        assert torch.allclose(classifier(images), plain(images), atol=1e-2)
    assert {each.dtype for each in classifier.parameters()} == {torch.float32}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # TorchScript is old, but still stored
def test_a_torchscript_module_is_refused(monkeypatch, tiny_recipe):
    script = torch.jit.script(Plain().eval())
    with pytest.raises(RecipeError, match=r"a TorchScript module, .*; return the module that it"):
        built(monkeypatch, tiny_recipe, script)
