"""Gradients of a head's outputs with respect to its input features only.

All are taken of logits, not probabilities: after a sigmoid, the gradient of a confident class
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

# Logits (B, classes) and targets (B,) to one number per image, (B,).
Objective = Callable[[Tensor, Tensor], Tensor]


def feature_gradients(head: nn.Module, features: Tensor, targets: Tensor) -> Tensor:
    """Return the gradient of each image's target logit, as Grad-CAM uses it.

    For a PooledLinear head it has a closed form: the class's weights divided by h * w.

    Parameters
    ----------
    features : (B, C, h, w)
    targets : (B,)
        Class numbers.

    Returns
    -------
    (B, C, h, w)
        On the CPU.

    Raises
    ------
    SaliencyError
        For a class that the head does not have.

    References
    ----------
    Selvaraju et al. (2017), Grad-CAM, https://arxiv.org/abs/1610.02391
    """
    if not isinstance(head, PooledLinear):
        return _through_head(head, features, targets, target_logits)
    refuse_missing_class(targets, head.linear.out_features)
    rows = head.linear.weight.detach()[targets.to(head.linear.weight.device)].float().cpu()
    area = features.shape[2] * features.shape[3]
    return (rows / area)[:, :, None, None].expand(features.shape)


def finer_gradients(head: nn.Module, features: Tensor, targets: Tensor) -> Tensor:
    """Return the gradient of `finer_differences`, as Finer-CAM uses it; shapes as Grad-CAM's."""
    return _through_head(head, features, targets, finer_differences)


def shapley_gradients(head: nn.Module, features: Tensor, targets: Tensor) -> Tensor:
    """Return Shapley-CAM's gradient; shapes and errors as in `feature_gradients`.

    It is the target logit's gradient minus half its Hessian times the features. For a head that is
    linear in its features, the Hessian is zero and Grad-CAM's gradient remains.

    References
    ----------
    Cai (2025), CAMs as Shapley Value-based Explainers, https://arxiv.org/abs/2501.06261
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
    """Return each image's target logit, (B,), from logits (B, classes) and targets (B,)."""
    return logits.gather(1, targets[:, None]).squeeze(1)


def finer_differences(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the target logits minus those of the most similar classes, weighted by probability.

    The most similar classes are the COMPARED ones whose logits are nearest to the target's. As in
    pytorch-grad-cam, there are three, and alpha is 1.

    Parameters
    ----------
    logits : (B, classes)
    targets : (B,)

    Returns
    -------
    (B,)

    References
    ----------
    Zhang et al. (2025), Finer-CAM, https://arxiv.org/abs/2501.11309
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
