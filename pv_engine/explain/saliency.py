"""Saliency maps of the class-activation family, from features that were already computed.

The formulas are pytorch-grad-cam's; activations and gradients are ours. Its usual entry point runs
the whole network again, leaves gradients and a changed mode behind, and accepts classes that do not
exist. Here, the gradient is taken with respect to the features alone, so the network does not
change and nothing is computed twice.
"""

from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from pv_engine.errors import SaliencyError
from pv_engine.explain.gradient_free import WholePass
from pv_engine.explain.numpy_state import fixed_numpy_seed
from pv_engine.networks.modes import evaluating
from pv_engine.recipe import SALIENCY
from pv_engine.registry import imported

# Only keeps zeros from being divided by zero: a network's features may be of any scale.
TINY = torch.finfo(torch.float32).tiny

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
    """Return one saliency map for each image and its target class.

    The networks run in eval mode; their mode, gradients, hooks and random state are restored.

    Parameters
    ----------
    method : str
        A name of the registry, pv_engine/recipe/registries/saliency.py.
    head : nn.Module
        Features to logits.
    features : (B, C, h, w)
    targets : (B,)
        Class numbers.
    size : int
        Side of the maps in pixels.
    normalisation : {"paper", "library"}
        See `normalised`.
    whole : WholePass, optional
        The whole network and its images. Score-CAM needs it, to run masked images, and attention
        rollout, to see who attends to whom.

    Returns
    -------
    (B, size, size) in [0, 1]
        A map that is zero everywhere stays zero; see `is_empty`.

    Raises
    ------
    SaliencyError
        For an unknown method, a wrong number of targets, a class that the head does not have, or
        features or maps that are not finite.
    """
    if method not in SALIENCY:
        raise SaliencyError(f"Unknown saliency method {method!r}; known are {', '.join(SALIENCY)}.")
    if targets.shape != features.shape[:1]:
        raise SaliencyError(
            f"There are {len(features)} images but {targets.numel()} target classes; give one each."
        )
    # Some methods of the library treat NaN as zero.
    _refuse_infinite(features, "The features are", "the images or the weights overflow")
    with evaluating(head, *([whole.network] if whole else [])):
        raw = _raw_maps(method, head, features, targets, whole)
    _refuse_infinite(raw, f"The {method} map is", "the features or the weights overflow")
    return normalised(raw.clamp_min(0), size, normalisation).to(features.device)


def _raw_maps(
    method: str, head: nn.Module, features: Tensor, targets: Tensor, whole: WholePass | None
) -> Tensor:
    """Return the maps (B, h, w) before clamping and scaling, on the CPU."""
    declared = SALIENCY[method]
    formula = imported(declared.formula)
    if declared.reads in ("network", "attention"):
        return _as_maps(formula(whole, head, features, targets))
    if declared.reads == "head":
        return _as_maps(formula(head, features, targets))
    gradients = imported(declared.gradient)(head, features, targets).numpy()
    activations = features.detach().float().cpu().numpy()
    cam = formula(_Unused(), target_layers=[])
    # An overflow is an error for the caller, not a warning.
    with fixed_numpy_seed(), np.errstate(over="ignore", invalid="ignore"):
        raw = cam.get_cam_image(None, None, targets, activations, gradients, False)
    return torch.from_numpy(np.asarray(raw, dtype=np.float32))


def _as_maps(maps: Tensor) -> Tensor:
    return maps.float().cpu()


def _refuse_infinite(values: Tensor, what: str, why: str) -> None:
    if not torch.isfinite(values).all():
        raise SaliencyError(f"{what} not finite; {why}.")


class _Unused(nn.Module):
    """A placeholder for the network: the constructor needs one, the formulas ignore it."""

    def __init__(self) -> None:
        super().__init__()
        # The constructor reads a parameter's device; zeros leave the random state alone.
        self.parameter = nn.Parameter(torch.zeros(1))


def normalised(maps: Tensor, size: int, normalisation: Normalisation) -> Tensor:
    """Scale maps to [0, 1] and enlarge them bilinearly.

    Parameters
    ----------
    maps : (B, h, w), not negative
    size : int
        Side of the result in pixels.
    normalisation : {"paper", "library"}
        Divide by the maximum, or scale from minimum to maximum before and after enlarging, as
        pytorch-grad-cam does.

    Returns
    -------
    (B, size, size) in [0, 1]
    """
    if normalisation == "library":
        return _min_max(_enlarged(_min_max(maps), size))
    peak = maps.amax(dim=(1, 2), keepdim=True)
    return _enlarged(maps / peak.clamp_min(TINY), size)


def is_empty(maps: Tensor) -> Tensor:
    """Return which maps (B, H, W) highlight nothing, as (B,) booleans."""
    return maps.amax(dim=(1, 2)) <= 0


def _enlarged(maps: Tensor, size: int) -> Tensor:
    return functional.interpolate(
        maps[:, None], (size, size), mode="bilinear", align_corners=False
    ).squeeze(1)


def _min_max(maps: Tensor) -> Tensor:
    shifted = maps - maps.amin(dim=(1, 2), keepdim=True)
    return shifted / (1e-7 + shifted.amax(dim=(1, 2), keepdim=True))
