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
    """A network in eval mode and the images (B, 3, H, W) whose features it gave."""

    network: nn.Module
    images: Tensor


def refuse_missing_class(targets: Tensor, num_classes: int) -> None:
    """SaliencyError for a class number that the head does not have."""
    for target in targets.tolist():
        if not 0 <= target < num_classes:
            raise SaliencyError(
                f"Class {target} does not exist; the head has classes 0 to {num_classes - 1}."
            )


@torch.no_grad()
def score_cam(
    whole: WholePass | None, head: nn.Module, features: Tensor, targets: Tensor
) -> Tensor:
    """Score-CAM (Wang et al., 2020): each channel weighs what the network says of the image
    masked by it; (B, C, h, w) to maps (B, h, w), computed by pytorch-grad-cam.
    """
    if whole is None:
        raise SaliencyError("Score-CAM runs the whole network; give it the network and the images.")
    refuse_missing_class(targets, head(features[:1]).shape[1])
    # The library's constructor would change the network's mode, so the network comes after it.
    cam = ScoreCAM(nn.ParameterList([nn.Parameter(torch.zeros(1))]), target_layers=[])
    cam.model, cam.device = whole.network, features.device
    wanted = [ClassifierOutputTarget(int(target)) for target in targets]
    # It draws a progress bar for every image.
    with contextlib.redirect_stderr(io.StringIO()):
        raw = cam.get_cam_image(
            whole.images, None, wanted, features.float().cpu().numpy(), None, False
        )
    return torch.from_numpy(raw).float()


@torch.no_grad()
def ablation_cam(head: nn.Module, features: Tensor, targets: Tensor) -> Tensor:
    """Ablation-CAM (Desai and Ramaswamy, 2020): each channel weighs the share of the target's
    logit that is lost when the channel is set to zero; (B, C, h, w) to maps (B, h, w).

    Only the head runs, once for each channel, or once in all where it pools and multiplies.
    pytorch-grad-cam sets a channel far below zero instead, which the paper does not.
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
    """Channels (B, C, h, w) summed with weights (B, C), on the CPU."""
    return (weights[:, :, None, None] * features).sum(dim=1).float().cpu()
