"""Compares saliency maps with pytorch-grad-cam on the network itself, at the layer of the cut."""

from collections import Counter
from typing import Any

import torch
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor, nn

from pv_engine.explain.saliency import saliency_maps
from pv_engine.networks.cutting.maps import MapEncoder
from pv_engine.networks.cutting.prefix import parted
from pv_engine.networks.modes import evaluating


def map_difference(
    network: nn.Module, encoder: nn.Module, head: nn.Module, pictures: Tensor
) -> tuple[float, str]:
    """Return the largest difference of Grad-CAM maps in [0, 1], and the layer it was taken at.

    pytorch-grad-cam runs the network with a hook on the module whose output the encoder gives.
    Where that output is no module's, as after a function, the parts are run with a layer between
    that changes nothing, and the layer is called "between the parts".
    """
    features, bound = parted(encoder(pictures), head)
    targets = bound(features).argmax(dim=1)
    size = pictures.shape[-1]
    with torch.enable_grad():
        ours = saliency_maps("gradcam", bound, features, targets, size, "library")
        layer = layer_of(network, encoder, features, pictures)
        tap = nn.Identity()
        module = network.get_submodule(layer) if layer else tap
        theirs = GradCAM(
            network if layer else _Tapped(encoder, tap, head),
            [module],
            reshape_transform=_as_map(encoder) if layer else None,
        )(pictures, [ClassifierOutputTarget(int(each)) for each in targets])
    return float((ours - torch.from_numpy(theirs)).abs().max()), layer or "between the parts"


class _Tapped(nn.Module):
    """Encoder and head with a layer between them."""

    def __init__(self, encoder: nn.Module, tap: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        self.tap = tap
        self.head = head

    def forward(self, pictures: Tensor) -> Tensor:
        features, bound = parted(self.encoder(pictures), self.head)
        logits: Tensor = bound(self.tap(features))
        return logits


def _as_map(encoder: nn.Module) -> Any:
    """What turns a layer's output into a map (B, C, h, w)."""
    return encoder.axes.to_map if isinstance(encoder, MapEncoder) else None


def layer_of(
    network: nn.Module, encoder: nn.Module, features: Tensor, pictures: Tensor
) -> str | None:
    """Return the name of the last module whose output is the features; None if none is.

    Not of one that is called more than once: pytorch-grad-cam reads the output of every call.
    """
    to_map = _as_map(encoder) or (lambda output: output)
    found: list[str] = []
    calls: Counter[str] = Counter()

    def noting(name: str) -> Any:
        def hook(module: nn.Module, given: object, output: object) -> None:
            calls[name] += 1
            if isinstance(output, Tensor) and output.dim() in (3, 4) and _same(output):
                found.append(name)

        return hook

    def _same(output: Tensor) -> bool:
        # Compared as maps where the shape allows it, else it is another layer.
        if output.numel() < features.numel():
            return False
        try:
            seen = to_map(output)
        except (RuntimeError, ValueError, IndexError):
            return False
        return seen.shape == features.shape and torch.equal(seen, features)

    hooks = [
        module.register_forward_hook(noting(name))
        for name, module in network.named_modules()
        if name
    ]
    try:
        with evaluating(network), torch.no_grad():
            network(pictures)
    finally:
        for hook in hooks:
            hook.remove()
    once = [name for name in found if calls[name] == 1]
    return once[-1] if once else None
