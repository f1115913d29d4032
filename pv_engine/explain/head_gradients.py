"""Gradients of what a head says with respect to the features that it reads, and nothing else.

All are taken on logits, not probabilities: after a sigmoid the gradient of a confident class
underflows.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from pv_engine.explain.gradient_free import refuse_missing_class
from pv_engine.networks.heads import PooledLinear

# Finer-CAM: how many classes a target is compared with, and how strongly.
COMPARED = 3
ALPHA = 1.0

# Logits (B, classes) and targets (B,) to one number for each image, (B,).
Objective = Callable[[Tensor, Tensor], Tensor]


def feature_gradients(head: nn.Module, features: Tensor, targets: Tensor) -> Tensor:
    """Gradient of each image's target logit, shaped like the features (B, C, h, w), on the CPU.

    Behind average pooling and a linear layer it is known: the class's weights over the number of
    places. SaliencyError for a class that the head does not have.
    """
    if not isinstance(head, PooledLinear):
        return _through_head(head, features, targets, target_logits)
    refuse_missing_class(targets, head.linear.out_features)
    rows = head.linear.weight.detach()[targets.to(head.linear.weight.device)].float().cpu()
    area = features.shape[2] * features.shape[3]
    return (rows / area)[:, :, None, None].expand(features.shape)


def finer_gradients(head: nn.Module, features: Tensor, targets: Tensor) -> Tensor:
    """Gradient of how far each target logit is above its most similar classes' (Finer-CAM)."""
    return _through_head(head, features, targets, finer_differences)


def shapley_gradients(head: nn.Module, features: Tensor, targets: Tensor) -> Tensor:
    """Shapley-CAM's gradient: the target logit's, less half its Hessian times the features.

    (arXiv 2501.06261.) A head that is linear in its features has no Hessian, so that Grad-CAM's is
    left.
    """
    if isinstance(head, PooledLinear):
        return feature_gradients(head, features, targets)
    with torch.enable_grad():
        leaf = features.detach().clone().requires_grad_()
        logits = head(leaf)
        refuse_missing_class(targets, logits.shape[1])
        said = target_logits(logits, targets.to(logits.device)).sum()
        (gradient,) = torch.autograd.grad(said, leaf, create_graph=True)
        bent = None
        if gradient.requires_grad:
            (bent,) = torch.autograd.grad(gradient, leaf, leaf.detach(), allow_unused=True)
    gradient = gradient.detach()
    return (gradient if bent is None else gradient - 0.5 * bent).float().cpu()


def target_logits(logits: Tensor, targets: Tensor) -> Tensor:
    """Each image's logit of its target."""
    return logits.gather(1, targets[:, None]).squeeze(1)


def finer_differences(logits: Tensor, targets: Tensor) -> Tensor:
    """Target logits less those of the most similar classes, weighed by their probabilities.

    Similar are the classes whose logits are nearest to the target's (Finer-CAM, Zhang et al.,
    2025; as in pytorch-grad-cam, three of them and alpha 1).
    """
    wanted = target_logits(logits, targets)
    distance = (logits - wanted[:, None]).abs().scatter(1, targets[:, None], -1.0)
    nearest = distance.argsort(dim=1)[:, 1 : 1 + COMPARED]
    weights = logits.softmax(dim=1).gather(1, nearest)
    differences = wanted[:, None] - ALPHA * logits.gather(1, nearest)
    return (weights * differences).sum(dim=1) / (weights.sum(dim=1) + 1e-9)


def _through_head(
    head: nn.Module, features: Tensor, targets: Tensor, objective: Objective
) -> Tensor:
    with torch.enable_grad():
        leaf = features.detach().clone().requires_grad_()
        logits = head(leaf)
        refuse_missing_class(targets, logits.shape[1])
        said = objective(logits, targets.to(logits.device)).sum()
        (gradient,) = torch.autograd.grad(said, leaf)
    return gradient.float().cpu()
