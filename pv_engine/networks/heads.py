"""Heads, which map features to logits, and new last layers for other classes."""

import copy

import torch
from torch import Tensor, nn

from pv_engine.errors import RecipeError
from pv_engine.networks.modes import evaluating

# Tolerance relative to the largest logit; sums of a few thousand float32 numbers differ by less.
SAME = 1e-5


class PooledLinear(nn.Module):
    """Global average pooling and a linear layer: (B, C, h, w) to (B, classes).

    A separate class, since Grad-CAM has a closed form for it.
    """

    def __init__(self, linear: nn.Linear, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout) if dropout else nn.Identity()
        self.linear = linear

    def forward(self, features: Tensor) -> Tensor:
        logits: Tensor = self.linear(self.dropout(torch.mean(features, dim=(2, 3))))
        return logits


Layer = nn.Linear | nn.Conv2d


def layers_of(head: nn.Module) -> list[tuple[str, Layer]]:
    """Return a head's linear layers and convolutions with their names, in order."""
    return [(name, each) for name, each in head.named_modules() if isinstance(each, Layer)]


def last_layer(head: nn.Module) -> tuple[str, Layer]:
    """Return the name and the layer that gives a head's logits; RecipeError if there is none."""
    layers = layers_of(head)
    if not layers:
        raise RecipeError(
            "The network's head does not end in a linear layer or a convolution; choose a network "
            "that classifies."
        )
    return layers[-1]


def outputs(layer: Layer) -> int:
    """Return the number of a layer's outputs."""
    return layer.out_features if isinstance(layer, nn.Linear) else layer.out_channels


def new_head(head: nn.Module, num_classes: int) -> nn.Module:
    """Replace the head's last layer by an untrained one for `num_classes`, and return the head.

    A network whose logits are the mean of several layers' has all of these replaced.
    """
    _, last = last_layer(head)
    for name, layer in layers_of(head):
        if layer is last or (type(layer) is type(last) and layer.weight.shape == last.weight.shape):
            head.set_submodule(name, _untrained(layer, num_classes))
    return head


def _untrained(layer: Layer, num_classes: int) -> Layer:
    with_bias = layer.bias is not None
    if isinstance(layer, nn.Linear):
        return nn.Linear(layer.in_features, num_classes, bias=with_bias)
    height, width = layer.kernel_size
    return nn.Conv2d(layer.in_channels, num_classes, (height, width), bias=with_bias)


@torch.no_grad()
def simplified(head: nn.Module, features: Tensor) -> nn.Module:
    """Return an equivalent PooledLinear if there is one, else the head itself.

    The two are compared on random numbers, since average pooling and a linear layer appear under
    many names.

    Parameters
    ----------
    features : (B, C, h, w)
        An example of the head's input.
    """
    layers = layers_of(head)
    layer = layers[-1][1] if layers else None
    if not isinstance(layer, nn.Linear) or layer.in_features != features.shape[1]:
        return head
    if {id(each) for each in head.parameters()} != {id(each) for each in layer.parameters()}:
        return head
    generator = torch.Generator().manual_seed(0)
    trial = torch.randn(features.shape, generator=generator)
    probe = copy.deepcopy(head)
    _, probed = last_layer(probe)
    # Some libraries initialise their last layer to zero, which would make all heads equal.
    nn.init.normal_(probed.weight, generator=generator)
    with evaluating(probe):
        expected, found = probe(trial), probed(trial.mean(dim=(2, 3)))
    if (found - expected).abs().max() > SAME * expected.abs().max():
        return head
    return PooledLinear(layer, _dropout(head)).train(head.training)


def _dropout(head: nn.Module) -> float:
    rates = [each.p for each in head.modules() if isinstance(each, nn.Dropout)]
    return max(rates, default=0.0)
