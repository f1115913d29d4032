"""Saliency maps of the class-activation family, computed from one pass's features.

The formulas are pytorch-grad-cam's; activations and gradients are ours. Its usual entry point runs
the whole network again, leaves gradients and a changed mode behind, and hides a class that does
not exist; here the gradient is taken with respect to the features alone, so that nothing of the
network changes and nothing is computed twice.
"""

from typing import Literal

import numpy as np
import pytorch_grad_cam
import torch
from pytorch_grad_cam.base_cam import BaseCAM
from torch import Tensor, nn
from torch.nn import functional

from pv_engine.errors import SaliencyError
from pv_engine.explain.gradient_free import (
    WholePass,
    ablation_cam,
    refuse_missing_class,
    score_cam,
)
from pv_engine.networks.small_cnn import PooledLinear

METHODS: dict[str, type[BaseCAM]] = {
    "gradcam": pytorch_grad_cam.GradCAM,
    "gradcam++": pytorch_grad_cam.GradCAMPlusPlus,
    "xgradcam": pytorch_grad_cam.XGradCAM,
    "hirescam": pytorch_grad_cam.HiResCAM,
    "layercam": pytorch_grad_cam.LayerCAM,
    "eigencam": pytorch_grad_cam.EigenCAM,
    "eigengradcam": pytorch_grad_cam.EigenGradCAM,
    "gradcamelementwise": pytorch_grad_cam.GradCAMElementWise,
}
KNOWN = (*METHODS, "scorecam", "ablationcam")
# Below this share of the features' scale, a map's maximum is rounding error.
EMPTY_BELOW = 1e-12

Normalisation = Literal["paper", "library"]


def saliency_maps(
    method: str,
    head: nn.Module,
    features: Tensor,
    targets: Tensor,
    size: int,
    normalisation: Normalisation = "paper",
    whole: WholePass | None = None,
) -> Tensor:
    """One map in [0, 1] for each image and its target class: (B, C, h, w) to (B, size, size).

    `targets` are class numbers, (B,). Only Score-CAM needs `whole`, since it runs the network again
    on masked images. A map that is zero everywhere stays zero: see `is_empty`.
    Raises SaliencyError for an unknown method, a wrong number of targets, a class that the head
    does not have, and features or maps that are not finite.
    """
    if method not in KNOWN:
        raise SaliencyError(f"Unknown saliency method {method!r}; known are {', '.join(KNOWN)}.")
    if len(targets) != len(features):
        raise SaliencyError(
            f"There are {len(features)} images but {len(targets)} target classes; give one each."
        )
    if method == "scorecam":
        raw = score_cam(whole, head, features, targets)
    elif method == "ablationcam":
        raw = ablation_cam(head, features, targets)
    else:
        raw = _from_gradients(method, head, features, targets)
    if not torch.isfinite(raw).all():
        raise SaliencyError(f"The {method} map is not finite; the features or weights overflow.")
    return normalised(raw.clamp_min(0), size, normalisation).to(features.device)


def _from_gradients(method: str, head: nn.Module, features: Tensor, targets: Tensor) -> Tensor:
    gradients = feature_gradients(head, features, targets).numpy()
    activations = features.detach().float().cpu().numpy()
    cam = METHODS[method](_Unused(), target_layers=[])
    raw = cam.get_cam_image(None, None, targets, activations, gradients, False)
    return torch.from_numpy(np.asarray(raw, dtype=np.float32))


class _Unused(nn.Module):
    """Stands in for the network that the library's constructor asks for and its formulas ignore."""

    def __init__(self) -> None:
        super().__init__()
        # The constructor reads a parameter's device; zeros leave the random state alone.
        self.parameter = nn.Parameter(torch.zeros(1))


def feature_gradients(head: nn.Module, features: Tensor, targets: Tensor) -> Tensor:
    """Gradient of each image's target logit with respect to its features, on the CPU.

    Logits, not probabilities: after a sigmoid the gradient of a confident class underflows.
    """
    if isinstance(head, PooledLinear):
        refuse_missing_class(targets, head.linear.out_features)
        rows = head.linear.weight.detach()[targets.to(head.linear.weight.device)].float().cpu()
        area = features.shape[2] * features.shape[3]
        return (rows / area)[:, :, None, None].expand(features.shape)
    with torch.enable_grad():
        leaf = features.detach().clone().requires_grad_()
        logits = head(leaf)
        refuse_missing_class(targets, logits.shape[1])
        chosen = logits.gather(1, targets.to(logits.device)[:, None]).sum()
        (gradient,) = torch.autograd.grad(chosen, leaf)
    return gradient.float().cpu()


def normalised(maps: Tensor, size: int, normalisation: Normalisation) -> Tensor:
    """Non-negative maps (B, h, w) scaled to [0, 1] and enlarged bilinearly to (B, size, size).

    `paper`: divided by the maximum. `library`: min-max before and after enlarging, as
    pytorch-grad-cam does.
    """
    if normalisation == "library":
        return _min_max(_enlarged(_min_max(maps), size))
    peak = maps.amax(dim=(1, 2), keepdim=True)
    scaled = torch.where(peak > EMPTY_BELOW, maps / peak.clamp_min(EMPTY_BELOW), 0.0)
    return _enlarged(scaled, size)


def is_empty(maps: Tensor) -> Tensor:
    """Which maps (B, H, W) highlight nothing at all, (B,) of booleans."""
    return maps.amax(dim=(1, 2)) <= 0


def _enlarged(maps: Tensor, size: int) -> Tensor:
    return functional.interpolate(
        maps[:, None], (size, size), mode="bilinear", align_corners=False
    ).squeeze(1)


def _min_max(maps: Tensor) -> Tensor:
    shifted = maps - maps.amin(dim=(1, 2), keepdim=True)
    return shifted / (1e-7 + shifted.amax(dim=(1, 2), keepdim=True))
