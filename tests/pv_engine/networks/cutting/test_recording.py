"""Networks that change tensors in place, or whose logits no layer gives, are cut exactly."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from pv_engine.networks.cutting.backbones import cut
from pv_engine.networks.cutting.identity import identity_error
from pv_engine.networks.cutting.prefix import parted


class Small(nn.Module):
    """A convolution; each subclass makes logits of its output."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.body = nn.Conv2d(3, 8, 5, stride=8)
        self.linear = nn.Linear(8, 4)
        self.gate = nn.Linear(8, 8)
        self.act = nn.ReLU(inplace=True)
        self.cells = nn.Conv2d(8, 4, 1)


class Statement(Small):
    """Uses what a function changed, by its old name."""

    def forward(self, images):
        features = self.body(images)
        functional.relu(features, inplace=True)
        return self.linear(features.mean((2, 3)))


class Layer(Small):
    """Uses what a layer changed, by its old name, after a branch that reads it unchanged."""

    def forward(self, images):
        features = self.body(images)
        gate = torch.sigmoid(self.gate(features.mean((2, 3))))
        self.act(features)
        return self.linear(features.mean((2, 3)) * gate)


class Operators(Small):
    def forward(self, images):
        features = same = self.body(images)
        same += 1
        features.relu_()
        same *= 2
        return self.linear(features.mean((2, 3)))


class Items(Small):
    def forward(self, images):
        features = self.body(images)
        features[:, 0] = 0
        pooled = features.mean((2, 3))
        pooled[:, 1:3] = pooled[:, 3:5]
        return self.linear(pooled)


class Cosines(Small):
    """Compares features with the directions of classes."""

    def forward(self, images):
        pooled = functional.normalize(self.body(images).mean((2, 3)))
        return 10 * functional.linear(pooled, functional.normalize(self.linear.weight))


class Pooled(Small):
    """Pools the logits of cells."""

    def forward(self, images):
        return self.cells(self.body(images)).flatten(2).logsumexp(2)


class Reused(Small):
    """Calls two layers several times, before and after the features."""

    def forward(self, images):
        features = self.act(self.body(images))
        gate = self.gate(features.mean((2, 3))).sigmoid()[..., None, None]
        gated = self.act(features * gate)
        return self.linear(self.act(self.gate(gated.mean((2, 3)))))


@pytest.mark.parametrize("kind", [Statement, Layer, Operators, Items, Cosines, Pooled, Reused])
def test_it_is_cut_at_its_features_and_computes_the_same(kind):
    network = kind().eval()
    pictures = torch.rand(3, 3, 64, 64, generator=torch.Generator().manual_seed(2))
    encoder, head = cut(network, "own:network", 64)
    with torch.no_grad():
        features, bound = parted(encoder(pictures), head)
    assert features.shape == (3, 8, 8, 8)
    assert identity_error(network, encoder, bound, pictures) <= 1e-5
    leaf = features.requires_grad_()
    (gradient,) = torch.autograd.grad(bound(leaf)[:, 0].sum(), leaf)
    assert gradient.any()
