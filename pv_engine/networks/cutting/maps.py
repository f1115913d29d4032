"""Cuts any network at its last feature map: M(x) = head(encoder(x)).

The network's forward is recorded with trial pictures, its direct children as single steps. The
encoder is everything up to the last step whose output has more than one spatial position; the head
is the rest. Both consist of the network's own modules. If that is no cut, the larger parts of the
network are opened and the last step is taken whose cells decide: see `tokens`.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from pv_engine.errors import RecipeError, reason_of
from pv_engine.networks.cutting.prefix import CLASS_TOKEN, packed
from pv_engine.networks.cutting.recording import Opens, record
from pv_engine.networks.cutting.splitting import is_tensor_of, split
from pv_engine.networks.heads import layers_of, outputs
from pv_engine.networks.modes import evaluating

# Side of the trial batch in pixels, which every network of torchvision accepts.
TRIAL_SIDE = 224
TRIAL_BATCH = 2
# Pooling to a fixed size belongs to the head: the map before it has the finer resolution.
POOLINGS = (nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d)
POOLING_FUNCTIONS = (functional.adaptive_avg_pool2d, functional.adaptive_max_pool2d)


class MapEncoder(nn.Module):
    """The part of a network before the cut: images (B, 3, H, W) to features (B, C, h, w).

    With prefix tokens (B, p, C) beside them, where the axes have any.
    """

    def __init__(self, network: nn.Module, axes: "FeatureAxes") -> None:
        super().__init__()
        self.network = network
        self.axes = axes
        self.beside = CLASS_TOKEN if axes.prefix else ""
        self.training = network.training

    def forward(self, images: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        return self.axes.parts_of(self.network(images))


class MapHead(nn.Module):
    """The part after the cut: features (B, C, h, w) to logits (B, classes).

    With prefix tokens, both packed as (B, C, 1, p + h w).
    """

    def __init__(self, network: nn.Module, axes: "FeatureAxes") -> None:
        super().__init__()
        self.network = network
        self.axes = axes
        self.training = network.training

    def forward(self, features: Tensor) -> Tensor:
        # A copy: the steps after the cut may change their input in place.
        logits: Tensor = self.network(self.axes.from_map(features).clone())
        return logits


@dataclass(frozen=True)
class FeatureAxes:
    """The axes of a network's features: `NCHW`, `NHWC`, or `tokens` (B, prefix + h * w, C)."""

    name: str
    prefix: int = 0

    def parts_of(self, output: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """Return the map, with the prefix tokens (B, p, C) beside it where there are any."""
        features = self.to_map(output)
        return (features, output[:, : self.prefix]) if self.prefix else features

    def to_map(self, features: Tensor) -> Tensor:
        """Convert the network's features to (B, C, h, w)."""
        if self.name == "NHWC":
            return features.permute(0, 3, 1, 2)
        if self.name == "tokens":
            side = math.isqrt(features.shape[1] - self.prefix)
            cells = features[:, self.prefix :].transpose(1, 2)
            return cells.reshape(len(features), -1, side, side)
        return features

    def from_map(self, features: Tensor) -> Tensor:
        """Convert (B, C, h, w), packed if there is a prefix, back to the network's axes."""
        if self.name == "NHWC":
            return features.permute(0, 2, 3, 1)
        if self.name == "tokens":
            return features.flatten(2).transpose(1, 2)
        return features


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
        For a network that cannot be recorded, that reads a class token instead of a feature map, or
        whose head reads more than one map.
    """
    graph = recorded(network, architecture, pictures, lambda module: False)
    node = _cut_point(graph, network, architecture)
    axes = _axes_at(node, network, architecture)
    parts = parts_at(graph, node, axes, network, architecture)
    _refuse_wrapped(network, parts[1], architecture)
    return parts


def _refuse_wrapped(network: nn.Module, head: nn.Module, architecture: str) -> None:
    """Raise RecipeError if the head is nearly all of the network: the network is in a wrapper."""
    half = sum(each.numel() for each in network.parameters()) / 2
    # The head's own steps are in its part `network`.
    kept = {name.split(".")[1] for name, _ in head.named_parameters()}
    for name, module in network.named_children():
        is_large = sum(each.numel() for each in module.parameters()) > half
        if is_large and name in kept and _convolves(module):
            raise RecipeError(
                f"{architecture} is a wrapper whose {name} cannot be looked into; give the network "
                "itself."
            )


def _convolves(module: nn.Module) -> bool:
    return any(
        isinstance(each, nn.Conv2d) and max(each.kernel_size) > 1 for each in module.modules()
    )


def parts_at(
    graph: fx.Graph, node: fx.Node, axes: FeatureAxes, network: nn.Module, architecture: str
) -> tuple[MapEncoder, MapHead, Tensor]:
    """Return the parts before and after a step; RecipeError as in `cut_anywhere`."""
    before, after = split(graph, node, network, architecture)
    _refuse_without_logits(graph, network, after, architecture)
    features = axes.to_map(node.meta["trial"])
    if axes.prefix:
        features = packed(features, node.meta["trial"][:, : axes.prefix])
    return MapEncoder(before, axes), MapHead(after, axes), features


def recorded(network: nn.Module, architecture: str, pictures: Tensor, opens: Opens) -> fx.Graph:
    """Return the network's steps, each with the output that it had for the trial batch."""
    try:
        with evaluating(network):
            return record(network, pictures, opens)
    except Exception as error:  # whatever a network's own code raises is why it cannot be cut
        raise RecipeError(
            f"{architecture} cannot be cut into encoder and head ({reason_of(error)}); give it as "
            "<module>:<factory>, with its parts named `encoder` and `head`."
        ) from error


def trial_pictures(network: nn.Module, size: int | None = None) -> Tensor:
    """Random pictures, (TRIAL_BATCH, 3, H, W), of `size` pixels, else of the network's own size."""
    config = getattr(network, "pretrained_cfg", None) or {}
    own = config.get("input_size", (3, TRIAL_SIDE, TRIAL_SIDE))
    _, height, width = (3, size, size) if size else own
    generator = torch.Generator().manual_seed(0)
    return torch.rand(TRIAL_BATCH, 3, height, width, generator=generator)


def _cut_point(graph: fx.Graph, network: nn.Module, architecture: str) -> fx.Node:
    """Return the last step with more than one spatial position, before any pooling."""
    steps = [node for node in graph.nodes if node.op.startswith("call") and _has_places(node)]
    if not steps:
        raise RecipeError(
            f"{architecture} has no feature map on which all its answers depend; choose a network "
            "with one, and of several networks together, one."
        )
    node: fx.Node = steps[-1]
    while _is_pooling(node, network):
        node = node.all_input_nodes[0]
    return node


def _has_places(node: fx.Node) -> bool:
    """Return whether a step gives a map (B, C, h, w) or (B, h, w, C), or tokens (B, n, C)."""
    if not is_tensor_of(node, TRIAL_BATCH):
        return False
    output: Tensor = node.meta["trial"]
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


def _refuse_without_logits(
    graph: fx.Graph, network: nn.Module, head: nn.Module, architecture: str
) -> None:
    """Raise RecipeError unless the head has the layer that gives the logits, if there is one.

    Logits may also be computed from weights directly, such as cosines.
    """
    logits = next(node for node in graph.nodes if node.op == "output").meta["trial"]
    classes = logits.shape[-1] if isinstance(logits, Tensor) and logits.dim() == 2 else -1
    called = [node for node in graph.nodes if node.op == "call_module"]
    parts = [network.get_submodule(str(node.target)) for node in called]
    every, after = _outputs(*parts), _outputs(head)
    if classes < 0 or (after[-1:] != [classes] and every[-1:] == [classes]):
        raise RecipeError(
            f"{architecture} does not end in a linear layer with an output for each class; "
            "choose a network that does."
        )


def _outputs(*parts: nn.Module) -> list[int]:
    """The number of outputs of each layer, in order."""
    return [outputs(layer) for part in parts for _, layer in layers_of(part)]
