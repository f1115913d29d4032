"""Cuts networks that decide by tokens: vision transformers, with a class token or without.

In the last block, a class token reads the patches for the last time; what they become there
decides nothing. So the cut is at the last step whose cells still change the logits, for most
vision transformers the input of the last block. There, the cells are the features, and the prefix
tokens (the class token, registers) stand beside them.
"""

import math
from collections.abc import Iterator

import torch
from torch import Tensor, fx, nn

from pv_engine.errors import RecipeError
from pv_engine.networks.cutting.identity import random_last_layer
from pv_engine.networks.cutting.maps import (
    TRIAL_BATCH,
    FeatureAxes,
    MapEncoder,
    MapHead,
    parts_at,
    recorded,
)
from pv_engine.networks.cutting.prefix import parted
from pv_engine.networks.cutting.splitting import is_tensor_of, needed_for, reads_pictures
from pv_engine.networks.modes import evaluating

# A module with more than this share of all weights is opened: a wrapper or a stack of blocks.
LARGE = 0.5
MOST_PREFIX = 16
# In a map, the tokens of a changed quarter of the picture change this much more than the others.
CONTRAST = 1.02


@torch.no_grad()
def cut_at_tokens(
    network: nn.Module, architecture: str, pictures: Tensor
) -> tuple[MapEncoder, MapHead, Tensor]:
    """Return encoder, head and a trial of the features, as `cut_anywhere` does.

    Raises RecipeError for a network without a step that gives a map and decides.
    """
    total = sum(each.numel() for each in network.parameters())

    def opens(module: nn.Module) -> bool:
        if not any(True for _ in module.children()):
            return False
        inside = sum(each.numel() for each in module.parameters())
        return type(module) is nn.Sequential or inside > LARGE * total

    graph = recorded(network, architecture, pictures, opens)
    for node in _candidates(graph):
        for axes in _possible_axes(node, network):
            try:
                parts = parts_at(graph, node, axes, network, architecture)
            except RecipeError:
                continue
            if _decides(node, axes, parts[1]) and (_convolved(node) or _is_map(parts[0], pictures)):
                return parts
    raise RecipeError(
        f"{architecture} has no step whose output is a map of the picture and decides alone; "
        "choose a network that decides by one feature map or by patches."
    )


def _candidates(graph: fx.Graph) -> Iterator[fx.Node]:
    """Steps that give maps or tokens and that all the rest depends on, the last first."""
    end = next(node for node in graph.nodes if node.op == "output")
    for node in reversed(graph.nodes):
        if not node.op.startswith("call") or not is_tensor_of(node, TRIAL_BATCH):
            continue
        shape = node.meta["trial"].shape
        if len(shape) not in (3, 4) or not node.meta["trial"].is_floating_point():
            continue
        behind = needed_for(end, node)
        if node in behind and not reads_pictures(behind, node):
            yield node


def _possible_axes(node: fx.Node, network: nn.Module) -> Iterator[FeatureAxes]:
    """What the axes of a step's output may be, the likeliest first."""
    shape = node.meta["trial"].shape
    if len(shape) == 4:
        if shape[2] == shape[3] > 1:
            yield FeatureAxes("NCHW")
        if shape[1] == shape[2] > 1:
            yield FeatureAxes("NHWC")
        return
    said = [getattr(each, "num_prefix_tokens", None) for each in network.modules()]
    known = [number for number in said if isinstance(number, int)]
    for prefix in dict.fromkeys([*known, *range(MOST_PREFIX)]):
        side = math.isqrt(max(0, shape[1] - prefix))
        if side > 1 and side * side + prefix == shape[1]:
            yield FeatureAxes("tokens", prefix)


def _decides(node: fx.Node, axes: FeatureAxes, head: MapHead) -> bool:
    """Return whether more than half of the cells of a step's output change the logits."""
    with evaluating(head), random_last_layer(head):
        features, bound = parted(axes.parts_of(node.meta["trial"]), head)
        with torch.enable_grad():
            leaf = features.detach().clone().requires_grad_()
            logits = bound(leaf)
            weights = torch.randn(logits.shape, generator=torch.Generator().manual_seed(0))
            found = torch.autograd.grad((logits * weights).sum(), leaf, allow_unused=True)
    gradient: Tensor | None = found[0]
    if gradient is None:
        return False
    return bool((gradient != 0).any(dim=1).float().mean() > LARGE)


def _convolved(node: fx.Node) -> bool:
    """Return whether a step gives a map of a convolutional network, with many channels.

    So it is a map without doubt; four-dimensional are also the weights of attention, of few heads.
    """
    shape = node.meta["trial"].shape
    return len(shape) == 4 and bool(shape[1] > shape[2] == shape[3])


def _is_map(encoder: MapEncoder, pictures: Tensor) -> bool:
    """Return whether a change in a corner of the picture changes that corner of the features most.

    Tokens that were merged or stand in another order have no such corner.
    """
    half = pictures.shape[-1] // 2
    noise = torch.rand(pictures.shape, generator=torch.Generator().manual_seed(3))
    with evaluating(encoder):
        before = _features(encoder(pictures))
        for rows, columns in ((slice(half), slice(half)), (slice(half, None), slice(half))):
            changed = pictures.clone()
            changed[:, :, rows, columns] = noise[:, :, rows, columns]
            moved = (_features(encoder(changed)) - before).abs().mean(dim=(0, 1))
            inside = _corner(moved, rows.start is None)
            if not float(inside.mean()) > CONTRAST * float(moved.mean()):
                return False
    return True


def _features(encoded: Tensor | tuple[Tensor, Tensor]) -> Tensor:
    return encoded if isinstance(encoded, Tensor) else encoded[0]


def _corner(moved: Tensor, upper: bool) -> Tensor:
    """The left corner of a map (h, w), at least one cell."""
    height, width = (max(1, side // 2) for side in moved.shape)
    rows = moved[:height] if upper else moved[-height:]
    return rows[:, :width]
