"""Saliency maps without gradients: Score-CAM and Ablation-CAM."""

import contextlib
import io
from dataclasses import dataclass

import torch
from pytorch_grad_cam import ScoreCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor, nn

from pv_engine.errors import SaliencyError
from pv_engine.networks.heads import PooledLinear


@dataclass(frozen=True)
class WholePass:
    """A network in eval mode, and the images (B, 3, H, W) that its features were computed from."""

    network: nn.Module
    images: Tensor


def refuse_missing_class(targets: Tensor, num_classes: int) -> None:
    """Raise SaliencyError for a class number that the head does not have."""
    for target in targets.tolist():
        if not 0 <= target < num_classes:
            raise SaliencyError(
                f"Class {target} does not exist; the head has classes 0 to {num_classes - 1}."
            )


@torch.no_grad()
def score_cam(
    whole: WholePass | None, head: nn.Module, features: Tensor, targets: Tensor
) -> Tensor:
    """Return Score-CAM maps, computed by pytorch-grad-cam.

    A channel's weight is the target's score for the image masked by that channel.

    Parameters
    ----------
    whole : WholePass
        The network and the images, since masked images pass through the whole network.
    features : (B, C, h, w)
    targets : (B,)
        Class numbers.

    Returns
    -------
    (B, h, w)

    Raises
    ------
    SaliencyError
        Without `whole`, or for a class that the head does not have.

    References
    ----------
    Wang et al. (2020), Score-CAM, https://arxiv.org/abs/1910.01279
    """
    if whole is None:
        raise SaliencyError("Score-CAM runs the whole network; give it the network and the images.")
    refuse_missing_class(targets, head(features[:1]).shape[1])
    # The library's constructor would change the network's mode, so the network is set afterwards.
    cam = ScoreCAM(nn.ParameterList([nn.Parameter(torch.zeros(1))]), target_layers=[])
    cam.model, cam.device = whole.network, features.device
    wanted = [ClassifierOutputTarget(int(target)) for target in targets]
    # The library prints a progress bar for every image.
    with contextlib.redirect_stderr(io.StringIO()):
        raw = cam.get_cam_image(
            whole.images, None, wanted, features.float().cpu().numpy(), None, False
        )
    return torch.from_numpy(raw).float()


@torch.no_grad()
def ablation_cam(head: nn.Module, features: Tensor, targets: Tensor) -> Tensor:
    """Return Ablation-CAM maps.

    A channel's weight is the relative drop of the target's logit when the channel is set to zero.
    Only the head runs: once for each channel, or once in total if it is a PooledLinear.
    pytorch-grad-cam sets the channel far below zero instead, unlike the paper.

    Parameters
    ----------
    features : (B, C, h, w)
    targets : (B,)
        Class numbers.

    Returns
    -------
    (B, h, w)
        On the CPU.

    Raises
    ------
    SaliencyError
        For a class that the head does not have.

    References
    ----------
    Desai and Ramaswamy (2020), Ablation-CAM, https://doi.org/10.1109/WACV45572.2020.9093360
    """
    logits = head(features)
    refuse_missing_class(targets, logits.shape[1])
    rows = torch.arange(len(features), device=features.device)
    wanted = targets.to(features.device)
    whole = logits[rows, wanted]
    if isinstance(head, PooledLinear):
        lost = head.linear.weight[wanted] * features.mean(dim=(2, 3))
        return _weighed(features, lost / whole[:, None])
    weights = torch.empty(features.shape[:2], device=features.device)
    for channel in range(features.shape[1]):
        ablated = features.clone()
        ablated[:, channel] = 0
        weights[:, channel] = (whole - head(ablated)[rows, wanted]) / whole
    return _weighed(features, weights)


def _weighed(features: Tensor, weights: Tensor) -> Tensor:
    """Return the sum of channels (B, C, h, w) with weights (B, C), on the CPU."""
    return (weights[:, :, None, None] * features).sum(dim=1).float().cpu()
