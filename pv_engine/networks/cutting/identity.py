"""Checks that what is explained is the network: head(encoder(x)) = M(x)."""

import contextlib
import copy
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from pv_engine.networks.cutting.prefix import parted
from pv_engine.networks.heads import layers_of
from pv_engine.networks.modes import evaluating
from pv_engine.networks.segmentation.segmenter import SegmentationHead, Segmenter

# Relative to the largest logit; sums of a few thousand float32 numbers differ by less.
TOLERANCE = 1e-5


@torch.no_grad()
def identity_error(
    network: nn.Module, encoder: nn.Module, head: nn.Module, pictures: Tensor
) -> float:
    """Return max |M(x) - head(encoder(x))| / max |M(x)| in eval mode.

    Parameters
    ----------
    network : nn.Module
        M, normalised pictures to logits, (B, classes).
    encoder, head : nn.Module
        Its parts, which share its modules.
    pictures : Tensor
        Normalised pictures, (B, 3, H, W).

    Returns
    -------
    float
        0 for the same function; inf if the parts give another shape. Of a segmentation network,
        the logits of every pixel are compared.
    """
    with evaluating(network, encoder, head), random_last_layer(head):
        features, bound = parted(encoder(pictures), head)
        kept = features.clone()
        expected: Any  # a network of somebody else's may return anything
        if isinstance(network, Segmenter) and isinstance(bound, SegmentationHead):
            # Sums over masks could agree by chance, or have nothing to sum.
            expected, found = network.pixels(pictures), bound.pixels(features)
        else:
            expected, found = network(pictures), bound(features)
    if not isinstance(expected, Tensor) or found.shape != expected.shape:
        return float("inf")
    if not torch.equal(features.nan_to_num(), kept.nan_to_num()):
        return float("inf")  # a head that changes its input cannot be run twice
    difference = float((found - expected).abs().max())
    return difference / float(expected.abs().max()) if difference else 0.0


@contextlib.contextmanager
def random_last_layer(head: nn.Module) -> Iterator[None]:
    """Set random weights in a last layer of zeros, with which any two heads would agree."""
    layers = layers_of(head)
    if not layers or layers[-1][1].weight.any():
        yield
        return
    _, layer = layers[-1]
    layer.weight.normal_(generator=torch.Generator(layer.weight.device).manual_seed(0))
    try:
        yield
    finally:
        layer.weight.zero_()


def keep_inputs(head: nn.Module) -> None:
    """Prevent the layers of a head from changing their input features.

    Others stand in their places; a recorded network keeps its own, whose changes it may read.
    """
    for name, module in list(head.named_modules()):
        if name and getattr(module, "inplace", False):
            other = copy.copy(module)
            setattr(other, "inplace", False)  # noqa: B010 - only some modules have it
            head.set_submodule(name, other)


def replace_modules(network: nn.Module, before: dict[str, nn.Module], parts: nn.Module) -> None:
    """Give a network what stands in its parts in the place of modules that they shared with it.

    So a new last layer, trained or read from a file, is the network's as well, and the two can be
    compared again. `before` are the parts' modules by name.
    """
    now = dict(parts.named_modules())
    others = {
        id(module): now[name]
        for name, module in before.items()
        if name and name in now and now[name] is not module
    }
    for name, module in list(network.named_modules(remove_duplicate=False)):
        if name and id(module) in others:
            network.set_submodule(name, others[id(module)])
