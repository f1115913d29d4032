"""The difference between the classifier's answers to a picture and to its reconstruction."""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional


def prediction_loss(
    logits: Tensor, again: Tensor, task: Literal["multi_label", "single_label", "segmentation"]
) -> Tensor:
    """Return the mean divergence KL(M(x) || M(y)) in nats; 0 if the answers are equal.

    It is of the softmax for single-label classifiers, else summed over the classes' sigmoids.

    Parameters
    ----------
    logits, again : (B, classes)
        Of the pictures and of their reconstructions.

    Examples
    --------
    >>> float(prediction_loss(torch.zeros(1, 2), torch.zeros(1, 2), "single_label"))
    0.0
    """
    logits, again = logits.float(), again.float()
    if task == "single_label":
        first, second = logits.log_softmax(dim=1), again.log_softmax(dim=1)
    else:
        first, second = _both_sides(logits), _both_sides(again)
    divergence = first.exp() * (first - second)
    return divergence.flatten(1).sum(dim=1).mean()


def _both_sides(logits: Tensor) -> Tensor:
    """Return the log probabilities of presence and absence of each class, (B, classes, 2)."""
    return torch.stack([functional.logsigmoid(logits), functional.logsigmoid(-logits)], dim=2)
