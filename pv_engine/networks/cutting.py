"""Cuts any network at its last feature map: M(x) = head(encoder(x)).

torch.fx traces the network's forward once, with its direct children as single steps, and runs a
small trial batch. The encoder is everything up to the last step whose output has more than one
spatial position; the head is the rest. Both consist of the network's own modules.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from pv_engine.errors import RecipeError, reason_of
from pv_engine.networks.heads import layers_of, outputs
from pv_engine.networks.modes import evaluating

# Side of the trial batch in pixels, which every network of torchvision accepts.
TRIAL_SIDE = 224
TRIAL_BATCH = 2
# Pooling to a fixed size belongs to the head: the map before it has the finer resolution.
POOLINGS = (nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d)
POOLING_FUNCTIONS = (functional.adaptive_avg_pool2d, functional.adaptive_max_pool2d)


class MapEncoder(nn.Module):
    """The part of a network before the cut: images (B, 3, H, W) to features (B, C, h, w)."""

    def __init__(self, network: nn.Module, axes: "FeatureAxes") -> None:
        super().__init__()
        self.network = network
        self.axes = axes
        self.training = network.training

    def forward(self, images: Tensor) -> Tensor:
        return self.axes.to_map(self.network(images))


class MapHead(nn.Module):
    """The part after the cut: features (B, C, h, w) to logits (B, classes)."""

    def __init__(self, network: nn.Module, axes: "FeatureAxes") -> None:
        super().__init__()
        self.network = network
        self.axes = axes
        self.training = network.training

    def forward(self, features: Tensor) -> Tensor:
        logits: Tensor = self.network(self.axes.from_map(features))
        return logits


@dataclass(frozen=True)
class FeatureAxes:
    """The axes of a network's features: `NCHW`, `NHWC`, or `tokens` (B, h * w, C)."""

    name: str

    def to_map(self, features: Tensor) -> Tensor:
        """Convert the network's features to (B, C, h, w)."""
        if self.name == "NHWC":
            return features.permute(0, 3, 1, 2)
        if self.name == "tokens":
            side = math.isqrt(features.shape[1])
            return features.transpose(1, 2).reshape(len(features), -1, side, side)
        return features

    def from_map(self, features: Tensor) -> Tensor:
        """Convert (B, C, h, w) back to the axes that the rest of the network expects."""
        if self.name == "NHWC":
            return features.permute(0, 2, 3, 1)
        if self.name == "tokens":
            return features.flatten(2).transpose(1, 2)
        return features


class _Record(fx.Tracer):
    """Traces the root's forward only; every module that it calls is one step."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return True


@torch.no_grad()
def cut_anywhere(
    network: nn.Module, architecture: str, pictures: Tensor
) -> tuple[MapEncoder, MapHead, Tensor]:
    """Encoder and head of a network of one image input and one output, and a trial of the features.

    Both parts share the network's modules and keep their names.

    Returns
    -------
    encoder : MapEncoder
        (B, 3, H, W) to (B, C, h, w).
    head : MapHead
        (B, C, h, w) to logits (B, classes).
    features : (2, C, h, w)
        Of a trial batch.

    Raises
    ------
    RecipeError
        For a network that cannot be traced, that reads a class token instead of a feature map, or
        whose head reads more than one map.
    """
    with evaluating(network):
        graph = _recorded(network, architecture, pictures)
    node = _cut_point(graph, network, architecture)
    axes = _axes_at(node, network, architecture)
    before, after = _split(graph, node, network, architecture)
    _refuse_without_logits(graph, after, architecture)
    return MapEncoder(before, axes), MapHead(after, axes), axes.to_map(node.meta["trial"])


def _recorded(network: nn.Module, architecture: str, pictures: Tensor) -> fx.Graph:
    """The network's steps, each with the output that it had for the trial batch."""
    try:
        graph = _Record().trace(network)
        _Trial(fx.GraphModule(network, graph)).run(pictures)
    except Exception as error:
        raise RecipeError(
            f"{architecture} cannot be cut into encoder and head ({reason_of(error)}); give it as "
            "<module>:<factory>, with its parts named `encoder` and `head`."
        ) from error
    return graph


def trial_pictures(network: nn.Module, size: int | None = None) -> Tensor:
    """Random pictures, (TRIAL_BATCH, 3, H, W), of the network's own size, else of `size`."""
    config = getattr(network, "pretrained_cfg", None) or {}
    side = size or TRIAL_SIDE
    _, height, width = config.get("input_size", (3, side, side))
    generator = torch.Generator().manual_seed(0)
    return torch.rand(TRIAL_BATCH, 3, height, width, generator=generator)


class _Trial(fx.Interpreter):
    """Runs a trace and stores each step's output with the step."""

    def run_node(self, n: fx.Node) -> Any:
        n.meta["trial"] = output = super().run_node(n)
        return output

    def call_module(self, target: Any, args: Any, kwargs: Any) -> Any:
        # Lists in a trace are immutable, but HRNets change their arguments.
        free = tuple(list(each) if isinstance(each, list) else each for each in args)
        return super().call_module(target, free, kwargs)


def _cut_point(graph: fx.Graph, network: nn.Module, architecture: str) -> fx.Node:
    """Return the last step with more than one spatial position, before any pooling."""
    steps = [node for node in graph.nodes if node.op.startswith("call") and _has_places(node)]
    if not steps:
        raise RecipeError(f"{architecture} has no feature map to cut at; choose another network.")
    node: fx.Node = steps[-1]
    while _is_pooling(node, network):
        node = node.all_input_nodes[0]
    return node


def _has_places(node: fx.Node) -> bool:
    """Return whether a step gives a map (B, C, h, w) or (B, h, w, C), or tokens (B, n, C)."""
    output = node.meta["trial"]
    if not isinstance(output, Tensor) or output.dim() < 3 or len(output) != TRIAL_BATCH:
        return False
    if output.dim() == 3:
        return output.shape[1] > 1
    return output.dim() == 4 and sorted(output.shape[1:])[1] > 1


def _is_pooling(node: fx.Node, network: nn.Module) -> bool:
    if node.op == "call_module":
        return isinstance(network.get_submodule(str(node.target)), POOLINGS)
    return node.target in POOLING_FUNCTIONS


def _axes_at(node: fx.Node, network: nn.Module, architecture: str) -> FeatureAxes:
    output = node.meta["trial"]
    if output.dim() == 4:
        return FeatureAxes(getattr(network, "output_fmt", None) or "NCHW")
    # Tokens form a map only if no step after the patch embedding merged or reordered them.
    patches = getattr(network, "patch_embed", getattr(network, "stem", None))
    grid = getattr(patches, "grid_size", None)
    if grid is None or grid[0] != grid[1] or output.shape[1] != grid[0] * grid[1]:
        raise RecipeError(
            f"{architecture} decides by {output.shape[1]} tokens that do not form a map of the "
            "image, perhaps because of a class token; choose a network that averages a feature map "
            "or all patches, such as timm:vit_little_patch16_reg1_gap_256 or torchvision:swin_t."
        )
    return FeatureAxes("tokens")


def _split(
    graph: fx.Graph, cut: fx.Node, network: nn.Module, architecture: str
) -> tuple[fx.GraphModule, fx.GraphModule]:
    end = next(node for node in graph.nodes if node.op == "output")
    behind = _needed_for(end, cut)
    if any(node.op == "placeholder" for node in behind):
        raise RecipeError(
            f"{architecture} decides by more than one feature map, so it has no single one to "
            "explain; choose a network with one."
        )
    before, after = fx.Graph(), fx.Graph()
    copies: dict[fx.Node, fx.Node] = {}
    _copy(graph, _needed_for(cut, None), before, copies)
    before.output(copies[cut])
    copies = {cut: after.placeholder("features")}
    _copy(graph, behind - {cut}, after, copies)
    return fx.GraphModule(network, before, "Encoder"), fx.GraphModule(network, after, "Head")


def _refuse_without_logits(graph: fx.Graph, head: nn.Module, architecture: str) -> None:
    logits = next(node for node in graph.nodes if node.op == "output").meta["trial"]
    # One new layer cannot replace two last layers whose logits are averaged.
    last = [outputs(layer) for _, layer in layers_of(head)]
    classes = logits.shape[-1] if isinstance(logits, Tensor) and logits.dim() == 2 else -1
    if last[-1:] != [classes] or last.count(classes) != 1:
        raise RecipeError(
            f"{architecture} does not end in one linear layer with an output for each class; "
            "choose a network that does."
        )


def _needed_for(last: fx.Node, stop: fx.Node | None) -> set[fx.Node]:
    """Return a step and all steps that it depends on, not going back beyond `stop`."""
    found, waiting = {last}, [last]
    while waiting:
        node = waiting.pop()
        if node is not stop:
            new = set(node.all_input_nodes) - found
            found |= new
            waiting += new
    return found


def _copy(
    graph: fx.Graph, wanted: set[fx.Node], into: fx.Graph, copies: dict[fx.Node, fx.Node]
) -> None:
    """Copy steps in order, adding each copy to `copies`."""
    for node in graph.nodes:
        if node in wanted:
            copies[node] = into.node_copy(node, copies.__getitem__)
